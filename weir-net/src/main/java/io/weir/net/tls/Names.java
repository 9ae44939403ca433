package io.weir.net.tls;

import io.weir.core.tls.SanMatch;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** The names that a certificate carries (RFC 5280 section 4.2.1.6). */
final class Names {
    private static final int OTHER = 0;
    private static final int EMAIL = 1;
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;
    private static final byte BOOLEAN = 1;
    private static final byte INTEGER = 2;
    private static final byte NULL = 5;
    private static final byte IDENTIFIER = 6;
    private static final byte ENUMERATED = 10;
    private static final BigInteger FORTY = BigInteger.valueOf(40);

    private Names() {}

    /** Those of a kind, in the certificate's order; DNS names and addresses in lower case. */
    static List<String> of(X509Certificate certificate, SanMatch.Type type) {
        var names = new ArrayList<String>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                SanMatch.Type found = type((Integer) name.get(0));
                if (found != null && (type == SanMatch.Type.ANY || found == type)
                        && name.get(1) instanceof String text) {
                    names.add(found == SanMatch.Type.DNS ? text.toLowerCase(Locale.ROOT) : ip(found, text));
                }
            }
        } catch (CertificateParsingException e) {
            return List.of(); // a name that cannot be read matches nothing
        }
        return names;
    }

    /**
     * Those of another kind, as text: strings as they are, numbers in digits, truths as {@code true} and {@code false},
     * an identifier in digits and dots, nothing as nothing. A value of another form is none of them.
     *
     * @param oid
     *            which kind, in digits and dots
     */
    static List<String> other(X509Certificate certificate, String oid) {
        var names = new ArrayList<String>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                // the kind, all of it in DER, and since JDK 21 its identifier and its value
                if ((Integer) name.get(0) == OTHER && name.size() > 3 && oid.equals(name.get(2))) {
                    String text = name.get(3) instanceof byte[] der ? text(der) : String.valueOf(name.get(3));
                    if (text != null) {
                        names.add(text);
                    }
                }
            }
        } catch (CertificateParsingException e) {
            return List.of();
        }
        return names;
    }

    /** A short value in DER (X.690 section 8), where it is one of these. */
    private static @Nullable String text(byte[] der) {
        if (der.length < 2 || der[1] != der.length - 2) {
            return null;
        }
        byte[] content = Arrays.copyOfRange(der, 2, der.length);
        return switch (der[0]) {
            case BOOLEAN -> content.length == 1 ? String.valueOf(content[0] != 0) : null;
            case INTEGER, ENUMERATED -> content.length == 0 ? null : new BigInteger(content).toString();
            case NULL -> "";
            case IDENTIFIER -> dotted(content);
            default -> null;
        };
    }

    /** X.690 section 8.19. */
    private static String dotted(byte[] content) {
        var text = new StringBuilder();
        BigInteger part = BigInteger.ZERO;
        for (byte each : content) {
            part = part.shiftLeft(7).or(BigInteger.valueOf(each & 0x7f));
            if (each >= 0) {
                if (text.isEmpty()) {
                    int first = part.divide(FORTY).min(BigInteger.TWO).intValue();
                    text.append(first).append('.').append(part.subtract(FORTY.multiply(BigInteger.valueOf(first))));
                } else {
                    text.append('.').append(part);
                }
                part = BigInteger.ZERO;
            }
        }
        return text.toString();
    }

    private static String ip(SanMatch.Type type, String text) {
        if (type != SanMatch.Type.IP) {
            return text;
        }
        return new InetSocketAddress(InetAddress.ofLiteral(text), 0).getAddress().getHostAddress();
    }

    private static SanMatch.@Nullable Type type(int number) {
        return switch (number) {
            case EMAIL -> SanMatch.Type.EMAIL;
            case DNS -> SanMatch.Type.DNS;
            case URI -> SanMatch.Type.URI;
            case IP -> SanMatch.Type.IP;
            default -> null;
        };
    }

    /** The names that clients may ask for to be shown it: its DNS names; of an older one without, its common name. */
    static List<String> served(X509Certificate certificate) {
        List<String> names = of(certificate, SanMatch.Type.DNS);
        if (!names.isEmpty()) {
            return names;
        }
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return List.of(String.valueOf(part.getValue()).toLowerCase(Locale.ROOT));
                }
            }
        } catch (InvalidNameException e) {
            return List.of();
        }
        return List.of();
    }

    /**
     * Whether a certificate's DNS name stands for a host (RFC 6125 section 6.4.3): {@code *} is one whole label, the
     * first. Both in lower case.
     */
    static boolean dnsMatches(String pattern, String host) {
        if (pattern.equals(host)) {
            return !host.isEmpty();
        }
        int dot = host.indexOf('.');
        return pattern.startsWith("*.") && dot > 0 && pattern.indexOf('.', 2) > 0
                && pattern.regionMatches(1, host, dot, Math.max(pattern.length() - 1, host.length() - dot));
    }
}
