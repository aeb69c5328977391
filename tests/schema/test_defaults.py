from __future__ import annotations

import pytest

from datamodel.schema.defaults import is_valid_default, plain_default

VALID = {
    "String": ["", "anything"],
    "ID": ["a b"],
    "Int": ["7", "-7", "3.7", "3abc", " 5"],
    "Float": ["0.5", "-1e3", ".5", "7", "1.5kg"],
    "Boolean": ["true", "FALSE"],
    "AWSDate": ["2000-02-29", "2000-01-01Z", "2000-01-01+05:30"],
    "AWSTime": ["12:00:00Z", "12:00:00.123+01:00"],
    "AWSDateTime": ["2020-01-01T00:00:00Z", "2020-01-01T23:59:59.999-08:00"],
    "AWSTimestamp": ["1600000000"],
    "AWSEmail": ["a@b.invalid"],
    "AWSJSON": ['{"a": 1}', "[]", "1"],
    "AWSURL": ["https://b.invalid/x?y=1"],
    "AWSPhone": ["+14155550100", "415-555-0100"],
    "AWSIPAddress": ["10.0.0.1", "10.0.0.0/8", "::1"],
}
INVALID = {
    "String": ["a\x00b"],
    "Int": ["abc", "", "99999999999", "1" * 5000],
    "Float": ["abc", "1e999", "Infinity", "NaN"],
    "Boolean": ["yes", "1"],
    "AWSDate": ["yesterday", "2020-02-30", "2020-1-1"],
    "AWSTime": ["12:00", "25:00:00Z", "12:00:00"],
    "AWSDateTime": ["2020-01-01", "2020-02-30T00:00:00Z", "2020-01-01T00:00:00", "2020-01-01 00:00:00Z"],
    "AWSTimestamp": ["soon"],
    "AWSEmail": ["nope", "a@b@c", "a b@c"],
    "AWSJSON": ["{bad", "", "[" * 100_000],
    "AWSURL": ["nope", "http://[", "http://a b"],
    "AWSPhone": ["nope", "1"],
    "AWSIPAddress": ["300.0.0.1", "nope"],
}


@pytest.mark.parametrize(("scalar", "text"), [(scalar, text) for scalar in VALID for text in VALID[scalar]])
def test_a_default_that_fits_is_accepted(scalar, text):
    assert is_valid_default(scalar, text)


@pytest.mark.parametrize(
    ("scalar", "text"),
    [
        pytest.param(scalar, text, id=f"{scalar}-{text[:12]!r}")
        for scalar in INVALID
        for text in INVALID[scalar]
    ],
)
def test_a_default_that_does_not_fit_is_refused(scalar, text):
    assert not is_valid_default(scalar, text)


def test_a_default_is_written_as_its_type_stores_it():
    assert plain_default("Int", "3.7") == "3"
    assert plain_default("Float", "7 kg") == "7.0"
    assert plain_default("Boolean", "True") == "true"
    assert plain_default("AWSDate", "2000-01-01") == "2000-01-01"
