"""What a gradebook holds, without the ids that it gives: to compare two of them row by row."""

from sqlalchemy import create_engine, text

WHOSE = """ join notebook n on n.id = sn.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id
    join assignment a on a.id = s.assignment_id"""
OF_NOTEBOOK = f" join submitted_notebook sn on sn.id = x.notebook_id {WHOSE}"
QUERIES = {
    "grades": "select s.student_id, a.name, n.name, b.name, b.type, x.auto_score, x.manual_score,"
    " x.extra_credit, x.needs_manual_grade from grade x join base_cell b on b.id = x.cell_id"
    + OF_NOTEBOOK,
    "comments": "select s.student_id, a.name, n.name, b.name, x.auto_comment, x.manual_comment"
    " from comment x join base_cell b on b.id = x.cell_id" + OF_NOTEBOOK,
    "notebooks": "select s.student_id, a.name, n.name, sn.flagged, sn.late_submission_penalty"
    f" from submitted_notebook sn {WHOSE}",
    "submissions": "select s.student_id, a.name, s.timestamp, s.extension"
    " from submitted_assignment s join assignment a on a.id = s.assignment_id",
    "students": "select id, first_name, last_name, email, lms_user_id from student",
    "courses": "select id from course",
}


def rows(url: str) -> dict[str, list[tuple]]:
    """The rows of each table, sorted."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            name: sorted((tuple(row) for row in connection.execute(text(query))), key=str)
            for name, query in QUERIES.items()
        }
    engine.dispose()
    return found
