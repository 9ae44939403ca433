package io.weir.net.spiffe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleMapTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"trust_domains":                                                  | this is no JSON: a value is missing at character 18
            []                                                                 | it has no object trust_domains
            {"trust_domains": []}                                              | it has no object trust_domains
            {"trust_domains": {"spiffe://a": {"keys": []}}}                    | "spiffe://a" in trust_domains is no trust domain of SPIFFE
            {"trust_domains": {"a.b": {}}}                                     | trust_domains.a.b has no list keys
            {"trust_domains": {"a.b": 1}}                                      | trust_domains.a.b has no list keys
            {"trust_domains": {"a.b": {"keys": [{"use": "x"}, 1]}}}            | trust_domains.a.b.keys[1] is no object
            {"trust_domains": {"a": {"keys": [{"use": "x509-svid"}]}}}         | trust_domains.a.keys[0].x5c is no list of certificates
            {"trust_domains": {"a": {"keys": [{"use": "x509-svid", "x5c": []}]}}} | trust_domains.a.keys[0].x5c is no list of certificates
            {"trust_domains": {"a": {"keys": [{"use": "x509-svid", "x5c": ["-"]}]}}} | trust_domains.a.keys[0].x5c[0] is no certificate:
            {"trust_domains": {"a": {"keys": [{"use": "x509-svid", "x5c": ["AAAA"]}]}}} | trust_domains.a.keys[0].x5c[0] is no certificate:
            {"trust_domains": {"a": {"keys": [{"use": "jwt-svid"}]}}}          | there is no certificate in it: no key has the use x509-svid
            {"trust_domains": {}}                                              | there is no certificate in it: no key has the use x509-svid
            """)
    void whatIsNoMapOfBundlesIsToldByItsPlace(String text, String message) {
        BundleMap.Malformed wrong = catchThrowableOfType(BundleMap.Malformed.class, () -> BundleMap.read(text));
        assertThat(wrong).hasMessageStartingWith(message);
        assertThat(wrong.cure()).isNotEmpty();
    }
}
