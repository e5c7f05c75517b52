"""GP practices: every patient, request and decision belongs to one."""
