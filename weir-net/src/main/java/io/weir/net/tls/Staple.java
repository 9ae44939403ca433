package io.weir.net.tls;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the responder of a certificate's issuer has answered about it (OCSP, RFC 6960 section 4.2), to be handed out
 * with it. Its signature is for clients to check. Immutable; any thread.
 *
 * @param der
 *            the whole answer
 * @param until
 *            how long it holds; null: no longer than the moment that it was made in (section 4.2.2.1)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Staple(byte[] der, @Nullable Instant until) {
    private static final int SEQUENCE = 0x30;
    private static final int ENUMERATED = 0x0a;
    private static final int OCTETS = 0x04;
    private static final int INTEGER = 0x02;
    private static final int OBJECT = 0x06;
    private static final int TIME = 0x18;
    private static final int VERSION = 0xa0;
    private static final int NEXT_UPDATE = 0xa0;
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

    /** Whether it may still be handed out. */
    boolean good(Instant now) {
        return until != null && now.isBefore(until);
    }

    /**
     * Reads an answer.
     *
     * @param certificate
     *            which it is to be about
     * @param path
     *            where it stands
     * @param name
     *            of its source
     * @throws TlsFailure
     *             when it is none, or about something else
     */
    static Staple read(byte[] der, X509Certificate certificate, String path, String name) throws TlsFailure {
        Answer answer;
        try {
            answer = Answer.read(new Der(der, 0, der.length));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new TlsFailure(path, name, "this is no answer of OCSP in DER: " + e.getMessage(),
                    "fetch one with openssl ocsp -issuer CA -cert CERT -url URL -respout FILE");
        }
        if (answer.status != 0) {
            throw new TlsFailure(path, name, "the responder has answered that it has no answer, status " + answer.status
                    + " of RFC 6960 section 4.2.1", "fetch another");
        }
        if (!answer.serial.equals(certificate.getSerialNumber())) {
            throw new TlsFailure(path, name, "the answer is about certificate " + answer.serial.toString(16) + ", and"
                    + " this one is " + certificate.getSerialNumber().toString(16), "fetch the one about this one");
        }
        return new Staple(der, answer.until);
    }

    /** What it says, as far as it counts here. */
    private record Answer(int status, BigInteger serial, @Nullable Instant until) {
        static Answer read(Der all) {
            Der response = all.inside(SEQUENCE);
            int status = response.inside(ENUMERATED).number().intValue();
            if (status != 0) {
                return new Answer(status, BigInteger.ZERO, null);
            }
            Der bytes = response.inside(VERSION).inside(SEQUENCE); // [0] explicit
            bytes.inside(OBJECT);
            Der data = bytes.inside(OCTETS).inside(SEQUENCE).inside(SEQUENCE);
            if (data.tag() == VERSION) {
                data.inside(VERSION);
            }
            data.inside(data.tag()); // by whom
            data.inside(TIME); // when
            Der responses = data.inside(SEQUENCE);
            Der single = responses.inside(SEQUENCE);
            if (responses.more()) {
                throw new IllegalArgumentException("it is about several certificates");
            }
            Der id = single.inside(SEQUENCE);
            id.inside(SEQUENCE); // how names are digested
            id.inside(OCTETS);
            id.inside(OCTETS);
            BigInteger serial = id.inside(INTEGER).number();
            single.inside(single.tag()); // good, revoked or unknown
            single.inside(TIME); // since when
            Instant until = single.more() && single.tag() == NEXT_UPDATE
                    ? single.inside(NEXT_UPDATE).inside(TIME).time()
                    : null;
            return new Answer(0, serial, until);
        }
    }

    /** Values in DER (X.690), one after another. What does not fit is an IllegalArgumentException. */
    private static final class Der {
        private final byte[] bytes;
        private final int end;
        private int at;

        Der(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        boolean more() {
            return at < end;
        }

        int tag() {
            if (!more()) {
                throw new IllegalArgumentException("it ends too early");
            }
            return bytes[at] & 0xff;
        }

        /** What is in the next value, which has this tag. */
        Der inside(int tag) {
            if (tag() != tag) {
                throw new IllegalArgumentException("there is tag " + tag() + " where " + tag + " belongs");
            }
            at++;
            int length = octet();
            if (length > 0x7f) {
                int octets = length & 0x7f;
                length = 0;
                for (int i = 0; i < octets; i++) {
                    length = length << Byte.SIZE | octet();
                    if (length < 0 || length > end) {
                        throw new IllegalArgumentException("it ends too early");
                    }
                }
            }
            if (end - at < length) {
                throw new IllegalArgumentException("it ends too early");
            }
            at += length;
            return new Der(bytes, at - length, at);
        }

        private int octet() {
            int octet = tag();
            at++;
            return octet;
        }

        BigInteger number() {
            if (!more()) {
                throw new IllegalArgumentException("a number has no digits");
            }
            return new BigInteger(Arrays.copyOfRange(bytes, at, end));
        }

        Instant time() {
            String text = new String(bytes, at, end - at, StandardCharsets.US_ASCII);
            return LocalDateTime.parse(text, FORM).toInstant(ZoneOffset.UTC);
        }
    }
}
