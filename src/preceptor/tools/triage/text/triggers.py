"""The words that open a scope, by what they say of a phrase: denied, another person's, past, feared, likened or quoted.

After ConText's lists of triggers, rewritten for how patients type. A line is words in lower case with a space on either
side of each ("do not", not "don't"); `scopes` says how far each trigger reaches.
"""

from __future__ import annotations

import re

RELATIONS = (
    "dad|father|mum|mom|mam|mother|brother|sister|son|daughter|husband|wife|partner|boyfriend|girlfriend|nan|nana|nanny|gran|"
    "granny|grandma|grandmother|grandad|granddad|grandfather|uncle|aunt|auntie|aunty|cousin|niece|nephew|friend|mate|"
    "neighbour|colleague|baby|child|kid|toddler|boy|girl|lad|parents|parent|grandson|granddaughter|twin|stepdad|stepmum|"
    "father in law|mother in law|dad's|ex"
)

# A phrase with "no" in it that denies nothing: "no relief from chest pain" is chest pain.
NOT_A_NEGATION = re.compile(
    r" (?:so (?:that )?(?:i|he|she|we|they) do(?:es)? not (?:get|catch|have)|no (?:relief|better|improvement|idea|change|longer just|matter|let up|letup|joke|doubt|different|wonder|"
    r"break|rest|sleep|respite|luck|end|help|use|good|clue|reason|warning|result|joy|appetite|energy|appointments?|one|emergency|rush|hurry|red flags?|worries|panic|big deal)"
    r"|not (?:only|just|sure|certain|getting|going(?! to (?:kill|harm|hurt|act))|gone|go|improv\w+|help\w+|work\w+|better|feeling|felt|well|right|normal|"
    r"like|know|think|want|sleep\w*|cop\w+|able|stop\w*|eas\w+|shift\w*|touch\w*|eat\w*|drink\w*|"
    r"been(?! (?:sick|being|vomit\w+|throwing|puking|dizzy|feverish|confused|hot))|breath\w*(?! (?:fast|quick\w*|hard|heav\w*|rapid\w*))|respond\w*|"
    r"wak\w+|mov\w+|settl\w+|clear\w*|understand\w*|mind|explain|ignore|bear|take(?! any| blood)|taking(?! any| blood)|herself|himself|myself|too|"
    r"budg\w+|subsid\w+|relent\w*|recover\w*|responding|leave|leaving|see|seeing(?! things)|talk|speak|stand|walk|feed\w*|"
    r"pass\w*|pee\w*|wee\w*|swallow\w*|make|making|let|letting|let up|ignor\w+|settled|resolved|disappear\w*|drunk|eaten)"
    r"|never (?:had|have|felt|known|experienced)(?: [^ ]+){0,5}? (?:like|before|so|as|this bad|until|till|this)"
    r"|never ending|never stops|never goes(?! (?:blue|grey|floppy|stiff|pale))|without (?:stopping|stop|warning|a break|relief|fail|any (?:relief|warning|help))"
    r"|do not (?:know|think|want|get why|understand)|(?:could|can) not (?:be|cope|stand|bear|take))(?= )"
)
NEGATION = re.compile(
    r" (?:(?:do|does|did|have|has|had|is|are|am|was|were) not(?: (?:really|actually|currently|even|very|that|so|particularly))?(?: (?:taking|take|using|use)(?= (?:any|blood))| on(?! (?:and|insulin|steroids?|hydrocortisone)))?"
    r"(?: (?:had|have|got|get|been|having|getting|experienc\w+|notic\w+|seen|felt|feel|suffer\w*|show\w*))*(?: (?:any|a|an|the|much))?"
    r"|not on(?! (?:and|insulin|steroids?|hydrocortisone))(?: any)?|not (?:taking|take|using|use|given) any|not (?:got|had|having|have|any|a|an|in|experiencing|noticed|seen|suffering|had any|currently)(?: any)?"
    r"|not(?: (?:very|that|so|particularly|really))?"
    r"|no(?: (?:signs?|symptoms?|history|evidence|sort|kind|feeling|sensation|new|obvious|other|further|more|any|longer|"
    r"longer have|longer has|longer got))*(?: of)?"
    r"|never (?:had|have|got|any|suffer(?:ed)? (?:from|with))(?: any)?|never|fail(?:s|ed)? to (?:reveal|show|demonstrate)(?: any)?|declines any|without(?: any)?|nil|denies|denied|denying|nor|neither|negative for|free of|free from|"
    r"rather than|instead of|ruled out|none of)(?= )"
)
STRONG = re.compile(r"denie[sd]|denying|nil|negative|neither|none of|without")  # goes on over "and"
DENIED_BEFORE = re.compile(
    r" (?:none|nil|negative|absent|(?:has|have|had) (?:been|was) ruled out|was ruled out|is not present)(?= )"
)
ENDS = re.compile(
    r" (?:but|however|although|though|except|apart|besides|yet|nevertheless|now|still|then|just|only|because|since|as|which|"
    r"i (?:have|am|feel|get|got|keep|can|cannot|had|do|think|was|did|would|need)|(?:he|she|they|it) (?:has|have|is|are|keeps?|got|feels?|was|had|cannot)|"
    r"there is|and (?:i|my|he|she|his|her|now|have|has|am|is|also|then|the|a|this|feel|getting)|my|so|also|plus|until|when|worried|"
    r"today|tonight)(?= )"
)
OTHERS_PAST = re.compile(
    rf" (?:(?:my|our|his|her) (?:late )?(?:{RELATIONS})(?: [^ ]+){{0,2}}? "
    r"(?:had|died|passed|suffered|lost|took|tried|got diagnosed|was diagnosed|were diagnosed|has had|have had|did have)"
    r"|family history(?: of)?|runs in (?:the|my|our) family|fhx?|family has|in my family"
    r"|(?:friend|neighbour|colleague|someone|somebody|bloke|guy|woman|man|lady|celebrity|person|footballer)(?: [^ ]+){0,4}? "
    r"(?:had|died|has had|collapsed|who had|whos had|got diagnosed))(?= )"
)
SOMEBODY = re.compile(r" (?:bloke|guy|woman|man|lady|person)(?= )")
ON_BEHALF = re.compile(
    rf" (?:writing|asking|requesting|filling|completing|submitting|messaging|this is|form)(?: [^ ]+){{0,5}}? (?:for|behalf of|about)"
    rf"(?: (?:my|our|his|her))?(?: [^ ]+){{0,2}}? (?:{RELATIONS})(?= )"
)
RECENT = re.compile(
    r" (?:today|now|tonight|this (?:morning|afternoon|evening|week)|yesterday|last night|just|again|still|currently|"
    r"at the moment|right now|since|minutes? ago|hours? ago|days? ago|woke|ongoing|keeps?|half an hour ago|an hour ago)(?= )"
)
STILL = re.compile(
    r" (?:(?:has|have|is|it|came|come|coming) (?:come |been )?back|returned|recurrent|recurring|recurred|ever since|flared up|"
    r"(?:put|started|commenced|maintained) on)(?= )"
)
BETWEEN_CLAUSES = re.compile(
    r" (?:but|however|although|though|also|plus|and (?:now|today|i am|my|i have got|this)|now|today|since then)(?= )"
)
PAST = re.compile(
    r"(?<! the)(?<! this) (?:(?:a )?(?:few|couple of|couple|several|many|some|\d+|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty) "
    r"(?:years|yrs)(?: or so)? (?:ago|back)|(?:\d+|two|three|four|five|six|seven|eight|nine|ten|few|several|couple of) months (?:ago|back)"
    r"|years ago|months ago|a year ago|last year|the year before|last (?:january|february|march|april|may|june|july|august|"
    r"september|october|november|december|spring|summer|autumn|winter|christmas|month)|used to|"
    r"in the past|as a (?:child|kid|teenager|baby|boy|girl)|when (?:i|he|she|they) (?:was|were) (?:a |about |around )?(?:\d+|young\w*|little|small|kid|child|baby|toddler|tot|teen\w*|pregnant|at school)"
    r"|back in (?:the|my|january|february|march|april|may|june|july|august|september|october|november|december)|in my (?:twenties|thirties|teens|20s|30s|40s)|a long time ago|ages ago"
    r"|anniversary)(?= )"
)
FORMER = re.compile(
    r" (?:history of|hx of|h o|past history|previous|previously|pmh|once had|after my last|following my|recovering from)(?= )"
)
# "A two-day history of vomiting" is how long it has lasted, not that it is over.
OF_NOW = re.compile(
    r" (?:minutes?|hours?|days?|nights?|weeks?|months?|years?|\d+|[hdwmy]|lifelong|long|short|longstanding|standing|acute|recent|brief|"
    r"(?:presents?|presented|presenting|comes?|came|attends?|admitted)(?: \w+)? with an?(?: \w+)?|(?:gives|gave|reports|describes) an?(?: \w+)?)"
    r" (?:history|hx) of$"
)
# "I had chest pains in August" is told of then; "the pain began in August" and "I have chest pain, my scan is in May" are not.
MONTH = re.compile(
    r" (?:in|during|over|around) (?:early |late |mid )?(?:(january|february|march|april|may|june|july|august|september|october|"
    r"november|december)|(?:the )?(?:spring|summer))(?= )"
)
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
TOLD_THEN = re.compile(r" (?:had|was|were|got|went|waited|saw|collapsed|ended up|took|broke|fell)(?= )")
TOLD_NOW = re.compile(
    r" (?:am|is|are|have|has|been|get|gets|getting|having|feel|feels|hurts?|started|starting|starts|began|beginning|due|booked|will|next|"
    r"going|flying|travelling|due|before)(?= )"
)
YEAR = re.compile(r" (?:in|since|from|of|during|back in|early|late)? ?((?:19|20)\d\d)(?= )")
MIGHT = re.compile(
    r" (?:if (?:i|he|she|they|it|we|my|the|you|there|having)|in case(?: of)?|what if|risk of|risks of|chances? of|prevent\w*|avoid\w*|"
    r"watch out for|look out for|looking out for|told to (?:watch|look)|should i get|should i have|could (?:lead to|cause|develop|become|turn)|"
    r"can (?:lead to|cause)|might (?:lead to|cause|become|develop|turn)|may cause|side effects? (?:include|of|are|say|says|listed)|lead to|worried about (?:getting|having|developing|catching|it becoming)|"
    r"scared of (?:getting|having)|afraid of (?:getting|having)|worried (?:it|this|that it|that this) (?:could|might|may|will|would)(?: [^ ]+){0,2}? (?:become|turn|lead|cause|develop)|"
    r"fear of|phobia of|read about|(?:leaflet|pamphlet|information sheet|info sheet)(?: \w+)? (?:says|said|say|mentions|mentioned|lists|listed|warns|warned)|seek (?:urgent |immediate |medical )*(?:advice|help|attention) (?:if|for|with)|symptoms? of|signs? of|checked for|screen\w* for|test\w* for|training|"
    r"so (?:that )?(?:i|he|she|we|they) do(?:es)? not (?:get|catch|have)|reduce|rule out|do i need to worry about)(?= )"
)
ENDS_MIGHT = re.compile(
    r" (?:but|however|although|also|plus|and (?:now|also|i am|my|his|her|i have|had|is)|then|because|today)(?= )"
)
NOT_HYPOTHETICAL = re.compile(
    r" (?:as if|like if|even if|(?:cannot|not|never)(?: be)? rule out|not sure if|not know if|wonder(?:ing)? if|see if|know if|if that makes|ask if|check if|if possible|"
    r"(?:think|feel|got|have|having|has|showing|shows|with|all the|classic) (?:\w+ ){0,3}?(?:symptoms|signs) of)(?= )"
)
TOPIC = re.compile(
    r" (?:clinic|prevention|course|awareness|training|leaflet|association|charity|insurance|policy|unit|nurse|screening|study|"
    r"research|fundraiser|marathon|workshop|programme|documentary|team|rehab|rehabilitation|follow up|appointment|vaccine|jab)(?= )"
)
LIKENED = re.compile(
    r" (?:like|as if|as though)(?= (?:[^ ]+ ){0,3}?(?:being|been|getting|got|was|were|had|has|just)(?: just)? "
    r"(?:hit|punched|kicked|stabbed|beaten|whacked|smacked|struck|slapped|clubbed|knifed|thumped|bashed|booted|clobbered)"
    r"(?: [^ ]+)* $)"
)
LETTER = re.compile(
    r" (?:discharge (?:summary|letter)|(?:clinic|ed|hospital|casualty|ward) letter|dear (?:dr|doctor|colleague|sir)|yours (?:sincerely|faithfully)|"
    r"date of (?:admission|discharge)|on admission|was admitted|were admitted|presenting complaint|diagnosis|diagnoses|"
    r"letter (?:says|said|reads|from)|consultant|discharged (?:home|on|with)|many thanks for (?:referring|seeing)|reviewed in clinic|"
    r"gp to|hospital (?:number|no)|admission)(?= )"
)
FIRST_PERSON = re.compile(r" (?:i|my|me|mine|we|im)(?= )")

BARE = re.compile(
    r" (?:(?:(?:do|does|did|have|has|had|is|are|am|was|were) )?not(?: (?:really|actually|currently|even|very|that|so|particularly))?|never)"
)
ANOTHER_SUBJECT = re.compile(
    r"(?<! or)(?<! the) (?:the|his|her|it|he|she|i) [^ ]+(?: [^ ]+)? (?:is|are|was|has|gets)(?= )"
)
ENDS_BY_AND = re.compile(r" and(?= )")
