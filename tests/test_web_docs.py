"""The page about the server names every address that it answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_desk import opened

DOCS = (Path(__file__).parents[1] / "docs" / "serve.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def client(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(sample_folder / "study.yaml", tmp_path_factory.mktemp("docs")) as one:
        yield one


def test_every_address_stands_in_the_page(client: TestClient) -> None:
    said = client.get("/api/openapi.json").json()
    named = [
        f"`{method.upper()} {path}`"
        for path, methods in said["paths"].items()
        for method in methods
    ]
    assert len(named) > 10
    assert [one for one in named if one not in DOCS] == []


def test_every_route_says_what_it_does_and_how_it_refuses(client: TestClient) -> None:
    said = client.get("/api/openapi.json").json()
    for path, methods in said["paths"].items():
        for method, about in methods.items():
            assert about["description"], (method, path)
            refusals = {code for code in about["responses"] if code >= "400"}
            assert {"401", "403", "500"} <= refusals, (method, path)
            for code in refusals:
                schema = about["responses"][code]["content"]["application/json"]["schema"]
                assert schema["$ref"].endswith("/ErrorAnswer"), (method, path, code)
