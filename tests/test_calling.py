"""Whom a cell names: a known name with a post or a remark beside it, and never part of a name."""

from __future__ import annotations

import pytest

from sxxt_excel.calling import people_reader, signs_for_another
from tests.world import change, make_world, stands

READ = people_reader(["李三", "王四", "秦汉", "高明远"])
SLOPPY = (
    "王四", "王 四", "王四（副院长）", "副书记王四", "王四副书记", "王四同志", "王四分党委书记",
    "党委书记王四", "机械学院王四", "1.王四", "*王四", "王四等",
)  # fmt: skip
OTHERS = ("王四海", "李王四", "王秦汉", "秦汉唐", "李三丰", "李三丰书记", "党委书记李三丰", "高明")


@pytest.mark.parametrize("said", SLOPPY)
def test_a_post_a_remark_or_separators_may_stand_beside_a_name(said):
    assert READ(said) == {"王四"}


@pytest.mark.parametrize("said", OTHERS)
def test_a_name_within_a_longer_one_is_somebody_else(said):
    assert READ(said) == frozenset()


@pytest.mark.parametrize("dot", [*"·•‧∙⋅・･．.", " · ", ""])
def test_the_dot_within_a_name_may_be_any_or_none(dot):
    read = people_reader(["阿依古丽·买买提", "买买提·吐尔逊"])
    assert read(f"阿依古丽{dot}买买提书记") == {"阿依古丽·买买提"}
    assert read("阿依古丽") == read("买买提") == frozenset()


@pytest.mark.parametrize("dot", [*"•・.", ""])
def test_who_signs_with_another_dot_in_his_name_has_signed(tmp_path, dot):
    world = make_world(tmp_path / "w")
    secretary = next(p for p in world.people if p["姓名"] == "李三")
    secretary["姓名"] = "阿依古丽·买买提"
    world.write()
    (path,) = [p.name for p in world.fill("责任任务清单") if p.name.startswith("机械")]
    signed = {(row, "背书人"): f"阿依古丽{dot}买买提" for row in (3, 5, 6)}
    change(world, path, "签字背书", signed | {(4, "背书人"): "钱二"})
    change(world, path, "责任清单", {(4, "责任主体"): f"阿依古丽{dot}买买提"})
    assert [s for s in stands(world.collect(), path) if s[1] in {"V109", "B102"}] == []


@pytest.mark.parametrize("said", ["王四、李三", "王四和李三", "王四，李三书记"])
def test_several_are_all_named(said):
    assert READ(said) == {"王四", "李三"}


@pytest.mark.parametrize("said", ["李四海", "陈李四", "李四海院长"])
def test_a_filer_whose_name_only_holds_that_of_a_member_is_nobody_here(tmp_path, said):
    world = make_world(tmp_path / "w")
    (path,) = [p.name for p in world.fill("责任任务清单") if p.name.startswith("机械")]
    change(world, path, "责任清单", {(5, "责任主体"): said})
    assert ("must", "V109", "责任清单", "B5") in stands(world.collect(), path)


@pytest.mark.parametrize(("said", "right"), [("李三丰", False), ("李三同志", True)])
def test_a_signer_whose_name_only_holds_that_of_the_secretary_has_not_signed_for_him(
    tmp_path, said, right
):
    world = make_world(tmp_path / "w")
    (path,) = [p.name for p in world.fill("责任任务清单") if p.name.startswith("机械")]
    change(world, path, "签字背书", {(5, "背书人"): said})
    told = [s[1] for s in stands(world.collect(), path)]
    assert told == ([] if right else ["B102"])


FOR_HIM = (
    "李三（李四代）", "李三(李四 代)", "李三秘书代", "李四代签", "李三（代）", "（代）李三",
    "李三 代签", "李四代李三", "代李三签", "李三（办公室代签）", "李三（代：李四）", "李三代章",
    "李四受李三委托", "李三（授权李四）", "李四代为签字", "代理李三签", "李四（代表李三签字）",
    "李四（代）",
)  # fmt: skip
HIMSELF = (
    "李三", "李三书记", "李三（代书记）", "代书记李三", "李三代理院长", "李三（代理）",
    "李三（党委代书记）", "现代教育技术中心主任李三", "李三（党代表）", "李三、代秀英",
    "李三（主持工作）", "代秀英", "王代明", "李四", "李绍代", "",
)  # fmt: skip


@pytest.mark.parametrize("said", FOR_HIM)
def test_who_signs_for_another_says_so(said):
    assert signs_for_another(said, ["李三"])


@pytest.mark.parametrize("said", HIMSELF)
def test_an_acting_post_or_a_name_with_that_character_is_no_signature_for_another(said):
    assert not signs_for_another(said, ["李三"])


def test_a_signer_who_has_that_character_in_his_name_signs_for_himself():
    assert not signs_for_another("代秀英书记", ["代秀英"])
    assert not signs_for_another("李绍代", ["李绍代"])
    assert signs_for_another("李绍代（办公室代）", ["李绍代"])


@pytest.mark.parametrize(
    ("said", "code"),
    [("李三（李四代）", "B104"), ("李三秘书代", "B104"), ("李四代签", "B104"), ("李四", "B102"),
     ("李三（代书记）", None)],
)  # fmt: skip
def test_whoever_had_it_signed_for_him_is_asked_to_sign_or_to_say_why(tmp_path, said, code):
    world = make_world(tmp_path / "w")
    (path,) = [p.name for p in world.fill("责任任务清单") if p.name.startswith("机械")]
    change(world, path, "签字背书", {(5, "背书人"): said})
    told = [s[:2] for s in stands(world.collect(), path)]
    severity = {"B102": "must", "B104": "query"}
    assert told == ([(severity[code], code)] if code else [])
