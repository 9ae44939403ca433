package io.weir.net.acme;

import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When an authority would like a certificate to be renewed (RFC 9773).
 *
 * @param from
 *            the window's beginning
 * @param until
 *            its end
 * @param askAgainSeconds
 *            when to ask again
 */
record RenewalInfo(Instant from, Instant until, long askAgainSeconds) {
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final int KEY_IDENTIFIER = 0x80;
    /** Section 4.3.2: no more often, and no less often, whatever the authority says. */
    private static final long ASK_SECONDS_MIN = 60;
    private static final long ASK_SECONDS_MAX = Duration.ofDays(1).toSeconds();
    private static final long ASK_SECONDS_DEFAULT = Duration.ofHours(6).toSeconds();

    /** What the authority calls a certificate (section 4.1); null: the certificate does not say who issued it. */
    static @Nullable String id(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(AUTHORITY_KEY_IDENTIFIER);
        byte[] identifier = extension == null ? null : keyIdentifier(extension);
        return identifier == null
                ? null
                : AccountKey.base64(identifier) + "." + AccountKey.base64(certificate.getSerialNumber().toByteArray());
    }

    /** The first element of a sequence in an octet string (RFC 5280 section 4.2.1.1); all of them are short. */
    private static byte @Nullable [] keyIdentifier(byte[] extension) {
        int at = 4; // both headers have one byte for the kind and one for the length
        if (extension.length < at + 2 || extension[1] < 0 || extension[3] < 0
                || Byte.toUnsignedInt(extension[at]) != KEY_IDENTIFIER
                || extension[at + 1] < 0 || at + 2 + extension[at + 1] > extension.length) {
            return null;
        }
        return Arrays.copyOfRange(extension, at + 2, at + 2 + extension[at + 1]);
    }

    /** Reads an answer; null: it says nothing that can be gone by. */
    static @Nullable RenewalInfo read(Wire.Reply reply, Instant now) {
        if (reply.status() != 200) {
            return null;
        }
        try {
            Members window = Members.of("the renewal information", reply.text()).inside("suggestedWindow");
            Instant from = OffsetDateTime.parse(window.text("start")).toInstant();
            Instant until = OffsetDateTime.parse(window.text("end")).toInstant();
            long asked = AcmeSession.retryAfterSeconds(reply, now);
            return until.isBefore(from)
                    ? null
                    : new RenewalInfo(from, until, asked == 0
                            ? ASK_SECONDS_DEFAULT
                            : Math.clamp(asked, ASK_SECONDS_MIN, ASK_SECONDS_MAX));
        } catch (AcmeFailure | DateTimeException e) {
            return null;
        }
    }

    /** A time in the window, by dice from 0 to less than 1 (section 4.2). */
    Instant due(double dice) {
        return from.plusMillis(Math.round(Duration.between(from, until).toMillis() * dice));
    }
}
