from functools import cache
@cache
def known_functions() -> frozenset[str]:
    return frozenset("elder_institution elder_community day_care full_care home_visit medical elder_complex comprehensive_centre regional_centre county_home rural_home mutual_aid embedded_home nursing_building medical_elder yijiaoyang wellness_base meals central_kitchen nursery comprehensive_nursery nursery_centre home_nursery nursery_point training_base kindergarten health clinic hospital geriatric_hospital nursing_hospital maternal_health elder_school elder_university learning_point elder_activities community_centre mother_room elder_goods park workplace".split())
