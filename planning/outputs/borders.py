"""The word on borders that stands on everything with a map: 审图号, where the study has one."""

from __future__ import annotations

from planning.outputs.bilingual import Says


def borders_said(review_no: str) -> Says:
    """That borders settle nothing, and the number of the map's review, or that one is wanted.

    Source: 《地图审核管理规定》; the number itself is the user's.
    """
    if review_no:
        return (
            f"界线仅为示意，不作为划界依据。审图号：{review_no}",
            f"Borders are indicative only and settle none. Map review number (审图号): {review_no}",
        )
    return (
        "界线仅为示意，不作为划界依据；公开展示前请办理地图审核，取得审图号。",
        "Borders are indicative only and settle none; maps shown in public need a review number "
        "(审图号).",
    )
