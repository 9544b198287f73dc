"""Everything that the routes ask: the town, its walks, scenarios, sitings, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd

from planning.outputs.whatif.content import whatif_content
from planning.outputs.whatif.writing import MOST_NODES
from planning.progress import Progress
from planning.result import StudyResult
from planning.run_record import ground_digest
from planning.web.compared import outlined
from planning.web.database import Database
from planning.web.deliverables import Deliverables
from planning.web.figures import Assessments
from planning.web.jobs import JobBounds, Jobs
from planning.web.page import Kept
from planning.web.refusals import Refused, fault_content
from planning.web.scenarios import Scenarios
from planning.web.standing import figures_of, standing
from planning.web.subject import Subject
from planning.web.walks import Walks


class Desk:
    """One subject that is served."""

    def __init__(
        self, subject: Subject, *, progress: Progress, job_bounds: JobBounds | None = None
    ) -> None:
        """Read the town, where there is one, and open what was saved.

        Raises InputError where another server has it open, and for whatever is wrong with the
        study.
        """
        self.subject = subject
        self._database = Database(subject.store)
        try:
            self.scenarios = Scenarios(self._database)
            self.files = Deliverables(subject.run_folder)
            self._result: StudyResult | None = None
            if subject.study_path is not None and subject.data_dir is not None:
                self._stand(progress)
        except BaseException:
            self._database.close()
            raise
        self.jobs = Jobs(self._database, subject, bounds=job_bounds)
        self.assessments = Assessments(subject)

    def close(self) -> None:
        """End what runs, and let go of what was saved."""
        self.assessments.close()
        self.jobs.close()
        self._database.close()

    def check_open(self) -> None:
        """Raise `Refused` (409) where nothing can be computed, or changed."""
        if self.subject.lacking is not None:
            raise Refused(409, self.subject.lacking)

    @property
    def result(self) -> StudyResult:
        """The town as it stands. Raises `Refused` (409) where it is not to be had."""
        self.check_open()
        assert self._result is not None
        return self._result

    @property
    def walks(self) -> Walks:
        """The walks of the town. Raises `Refused` (409)."""
        self.check_open()
        return self._walks

    def content(self, *, with_streets: bool) -> Kept:
        """What the page is made from. Raises `Refused` (409)."""
        self.check_open()
        return self._contents[with_streets and self.may_have_streets]

    @property
    def may_have_streets(self) -> bool:
        """Whether the network is small enough for the page to walk by itself."""
        return self.result.town.network.n_nodes <= MOST_NODES

    def figures(self) -> Mapping[str, Any]:
        """Every figure of the present and, of a run folder with one, of the plan."""
        self.check_open()
        return self._figures

    def about(self) -> dict[str, Any]:
        """What is served, and what cannot be done with it."""
        subject, lacking = self.subject, self.subject.lacking
        told: dict[str, Any] = {
            "study": subject.name,
            "run": None if subject.run_folder is None else subject.run_folder.name,
            "read_only": None if lacking is None else fault_content(lacking),
        }
        if lacking is not None:
            return told
        town = self.result.town
        ran = subject.sources()
        return told | {
            "title": town.area.name,
            "base": town.scenario,
            "digest": self.result.digest,
            "ground": ground_digest(town),
            "epsg": town.area.epsg,
            "nodes": town.network.n_nodes,
            "may_have_streets": self.may_have_streets,
            "speed_m_s": town.network.profile.speed_m_s,
            "has_plan": self.result.plan is not None,
            # What was read today is not what the run was made from.
            "changed_since_run": [
                one.key for one in town.sources if ran.get(one.key, one.sha256) != one.sha256
            ],
        }

    def _stand(self, progress: Progress) -> None:
        subject = self.subject
        assert subject.study_path is not None and subject.data_dir is not None
        result, basemap = standing(
            subject.study_path,
            data_dir=subject.data_dir,
            scenario=subject.scenario,
            plan_table=subject.plan_table,
            progress=progress,
        )
        self._result = result
        self._walks = Walks(result.town, subject.data_dir)
        self._figures = outlined(figures_of(result))
        self._contents = {
            with_streets: Kept(_maker(result, basemap, with_streets))
            for with_streets in (False, True)
        }


def _maker(result: StudyResult, basemap: gpd.GeoDataFrame, with_streets: bool) -> Any:
    return lambda: whatif_content(result, basemap, with_streets=with_streets)
