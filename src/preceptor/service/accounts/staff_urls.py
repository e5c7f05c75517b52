"""The practice's staff."""

from __future__ import annotations

from django.urls import path

from preceptor.service.accounts import pages

urlpatterns = [
    path("", pages.staff, name="staff"),
    path("add/", pages.add_account, name="add_account"),
    path("<int:user_id>/close/", pages.close_account, name="close_account"),
    path("<int:user_id>/reopen/", pages.reopen_account, name="reopen_account"),
    path("<int:user_id>/password/", pages.reset_password, name="reset_password"),
    path("<int:user_id>/role/", pages.change_role, name="change_role"),
    path("<int:user_id>/second-step/", pages.reset_second_step, name="reset_second_step"),
]
