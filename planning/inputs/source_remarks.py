"""Whether the study's own document names the sources of its candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planning.facilities import Candidates
from planning.provenance import Note
from planning.standards import Profile
from planning.standards.source_classes import Kind, source_classes

_KINDS: dict[Kind, tuple[str, str]] = {
    "elder": ("养老", "elder care"),
    "nursery": ("托育", "nurseries"),
}


def sources_not_named(candidates: Candidates, profile: Profile) -> Iterator[Note]:
    """Source classes that for a kind of service only other documents name, and how many count.

    The documents of a study are those its clauses are from. A source that no document names is
    remarked on row by row, and made candidates have none.
    """
    classes = source_classes()
    own = {_document(clause.id) for clause in profile.clauses}
    hosting: Counter[tuple[str, Kind]] = Counter()
    for word, services in zip(candidates.source_classes, candidates.services, strict=True):
        source = classes.of_word(word)
        for kind, clauses in source.may.items() if source is not None else ():
            hosted = services & frozenset(classes.kinds[kind])
            if source is not None and hosted and not own & set(map(_document, clauses)):
                hosting[source.id, kind] += 1
    for source in classes.classes:
        kinds = [kind for kind in source.may if hosting[source.id, kind]]
        if not kinds:
            continue
        cited = "、".join(dict.fromkeys(clause for kind in kinds for clause in source.may[kind]))
        zh = "、".join(f"{_KINDS[kind][0]} {hosting[source.id, kind]:,} 处" for kind in kinds)
        en = ", ".join(f"{_KINDS[kind][1]} at {hosting[source.id, kind]:,}" for kind in kinds)
        yield Note(
            about="candidates",
            zh=f"{profile.standard.document}没有提到来源“{source.zh}”（{zh}），按别处文件计：{cited}；"
            "采用前请核对本地依据",
            en=f"{profile.standard.document} does not name {source.en} ({en}); they count by other "
            f"documents: {cited}; see what holds locally",
        )


def _document(clause_id: str) -> str:
    return clause_id.split("/")[0]
