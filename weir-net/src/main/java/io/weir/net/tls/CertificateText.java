package io.weir.net.tls;

import io.weir.core.tls.SanMatch;
import io.weir.core.tls.TlsFacts;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** A certificate as logs and headers write it, each text made when it is asked for. */
public final class CertificateText implements TlsFacts.CertificateFacts {
    private static final int PEM_LINE = 64;

    private final List<X509Certificate> chain;

    /**
     * @param chain
     *            the certificate first
     */
    CertificateText(List<X509Certificate> chain) {
        this.chain = chain;
    }

    private X509Certificate own() {
        return chain.getFirst();
    }

    @Override
    public String subject() {
        return own().getSubjectX500Principal().getName(X500Principal.RFC2253);
    }

    @Override
    public String issuer() {
        return own().getIssuerX500Principal().getName(X500Principal.RFC2253);
    }

    @Override
    public String serial() {
        String digits = own().getSerialNumber().toString(16);
        return digits.length() % 2 == 0 ? digits : '0' + digits;
    }

    @Override
    public String fingerprint256() {
        return digest("SHA-256");
    }

    @Override
    public String fingerprint1() {
        return digest("SHA-1");
    }

    private String digest(String algorithm) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(own().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has both, and what was read can be written
        }
    }

    @Override
    public List<String> names(SanMatch.Type type) {
        return Names.of(own(), type);
    }

    @Override
    public long validFromEpochSeconds() {
        return own().getNotBefore().toInstant().getEpochSecond();
    }

    @Override
    public long validUntilEpochSeconds() {
        return own().getNotAfter().toInstant().getEpochSecond();
    }

    @Override
    public String pemForHeaders() {
        return escaped(pem(own()));
    }

    @Override
    public String chainPemForHeaders() {
        var all = new StringBuilder();
        chain.forEach(each -> all.append(pem(each)));
        return escaped(all.toString());
    }

    private static String pem(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(PEM_LINE, new byte[]{'\n'})
                    .encodeToString(certificate.getEncoded()) + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e); // what was read can be written
        }
    }

    /** Percent signs for all but letters, digits and {@code -._~} (RFC 3986 section 2.3). */
    private static String escaped(String text) {
        var out = new StringBuilder(text.length() + text.length() / 2);
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            boolean plain = b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '.'
                    || b == '_' || b == '~';
            if (plain) {
                out.append((char) b);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }
}
