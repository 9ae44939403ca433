package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class RenewalTimesTest {
    private static final Instant FROM = Instant.parse("2026-09-01T00:00:00Z");
    private static final Instant UNTIL = FROM.plus(Duration.ofDays(90));
    /** The example of RFC 9773 appendix A. */
    private static final String EXAMPLE = """
            -----BEGIN CERTIFICATE-----
            MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
            cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
            BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
            7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
            qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
            yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
            +FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
            -----END CERTIFICATE-----
            """;

    @Test
    void aThirdOfItsLifeIsLeftWhenACertificateIsRenewedAndNotAllComeAtOnce() {
        assertThat(RenewalTimes.due(FROM, UNTIL, 0)).isEqualTo(UNTIL.minus(Duration.ofDays(30)));
        assertThat(RenewalTimes.due(FROM, UNTIL, 0.999)).isBetween(UNTIL.minus(Duration.ofHours(828)),
                UNTIL.minus(Duration.ofHours(827)));
    }

    @Test
    void retriesComeTwiceAsLateEachTimeUpToSixHours() {
        assertThat(RenewalTimes.retry(1, 0, 0.5)).isEqualTo(Duration.ofMinutes(1));
        assertThat(RenewalTimes.retry(2, 0, 0.5)).isEqualTo(Duration.ofMinutes(2));
        assertThat(RenewalTimes.retry(5, 0, 0.5)).isEqualTo(Duration.ofMinutes(16));
        assertThat(RenewalTimes.retry(1_000, 0, 0.5)).isEqualTo(Duration.ofHours(6));
        assertThat(RenewalTimes.retry(1, 0, 0)).isEqualTo(Duration.ofSeconds(48));
        assertThat(RenewalTimes.retry(1, 0, 0.999_999)).isBetween(Duration.ofSeconds(71), Duration.ofSeconds(72));
    }

    @Test
    void anAuthorityThatAsksForTimeGetsItUpToAWeek() {
        assertThat(RenewalTimes.retry(1, 3_600, 0.5)).isEqualTo(Duration.ofHours(1));
        assertThat(RenewalTimes.retry(1, 999_999_999, 0.5)).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void aCertificateIsCalledByItsIssuersKeyAndItsNumber() throws Exception {
        var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(EXAMPLE.getBytes(StandardCharsets.US_ASCII)));
        assertThat(certificate.getSerialNumber()).isEqualTo(BigInteger.valueOf(0x87654321L));
        assertThat(RenewalInfo.id(certificate)).isEqualTo("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    }

    @Test
    void theWindowThatAnAuthoritySuggestsIsReadAndATimeInItIsDrawn() {
        String text = "{\"suggestedWindow\": {\"start\": \"2026-11-01T00:00:00Z\", \"end\": \"2026-11-03T00:00:00Z\"}}";
        RenewalInfo info = Objects.requireNonNull(
                RenewalInfo.read(new Wire.Reply(200, Map.of("retry-after", "21600"), text), FROM));
        assertThat(info.due(0.25)).isEqualTo(Instant.parse("2026-11-01T12:00:00Z"));
        assertThat(info.askAgainSeconds()).isEqualTo(21_600);
        RenewalInfo hasty = Objects.requireNonNull(
                RenewalInfo.read(new Wire.Reply(200, Map.of("retry-after", "1"), text), FROM));
        assertThat(hasty.askAgainSeconds()).isEqualTo(60);
        assertThat(RenewalInfo.read(new Wire.Reply(404, Map.of(), text), FROM)).isNull();
        assertThat(RenewalInfo.read(new Wire.Reply(200, Map.of(), "{}"), FROM)).isNull();
        assertThat(RenewalInfo.read(new Wire.Reply(200, Map.of(), text.replace("11-03", "10-03")), FROM)).isNull();
    }
}
