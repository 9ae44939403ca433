package io.weir.http.proxy.client;

import io.weir.core.tls.SanMatch;
import io.weir.core.tls.TlsFacts;
import io.weir.core.tls.TlsFacts.CertificateFacts;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec.CertificateRule;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What hosts hear of clients' certificates: {@code x-forwarded-client-cert}, as Envoy writes it. An element for each
 * proxy that has seen one, with commas between them; of each element keys with values, with semicolons between them.
 * One per client connection, whose own element is made when it is first needed; belongs to one worker.
 */
public final class ForwardedCertificate {
    private static final HeaderName NAME = HeaderName.X_FORWARDED_CLIENT_CERT;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final CertificateRule rule;
    private final @Nullable CertificateFacts peer;
    private final @Nullable CertificateFacts local;
    private byte @Nullable [] element;

    /**
     * @param tls
     *            what is known of the client's connection; null: it is plain
     */
    public ForwardedCertificate(CertificateRule rule, @Nullable TlsFacts tls) {
        this.rule = rule;
        this.peer = tls == null ? null : tls.peer();
        this.local = tls == null ? null : tls.local();
    }

    /** Makes a request's field what its host may believe. */
    public void apply(HttpHead head) {
        switch (rule.forwarding()) {
            case ALWAYS_FORWARD_ONLY -> {
            }
            case SANITIZE -> head.remove(NAME);
            case FORWARD_ONLY -> {
                if (peer == null) {
                    head.remove(NAME);
                }
            }
            case SANITIZE_SET -> {
                head.remove(NAME);
                if (peer != null) {
                    byte[] mine = element(peer);
                    head.add(NAME, mine, 0, mine.length);
                }
            }
            case APPEND_FORWARD -> {
                if (peer == null) {
                    head.remove(NAME);
                } else {
                    append(head, element(peer));
                }
            }
        }
    }

    private static void append(HttpHead head, byte[] mine) {
        int first = head.find(NAME);
        if (first < 0) {
            head.add(NAME, mine, 0, mine.length);
            return;
        }
        var joined = new StringBuilder(head.value(first));
        for (int i = head.find(NAME, first + 1); i >= 0; i = head.find(NAME, i + 1)) {
            joined.append(',').append(head.value(i));
        }
        head.set(NAME, joined.append(',').append(new String(mine, StandardCharsets.ISO_8859_1)).toString());
    }

    private byte[] element(CertificateFacts shown) {
        byte[] known = element;
        if (known == null) {
            known = text(shown).getBytes(StandardCharsets.ISO_8859_1);
            element = known;
        }
        return known;
    }

    private String text(CertificateFacts shown) {
        var out = new StringBuilder();
        if (local != null) {
            for (String uri : local.names(SanMatch.Type.URI)) {
                out.append("By=").append(value(uri)).append(';');
            }
        }
        out.append("Hash=").append(shown.fingerprint256());
        if (rule.cert()) {
            out.append(";Cert=\"").append(shown.pemForHeaders()).append('"');
        }
        if (rule.chain()) {
            out.append(";Chain=\"").append(shown.chainPemForHeaders()).append('"');
        }
        if (rule.subject()) { // which may be empty; it has its quotation marks escaped by RFC 2253 itself
            out.append(";Subject=\"").append(visible(shown.subject(), '\\')).append('"');
        }
        if (rule.uri()) {
            var uris = shown.names(SanMatch.Type.URI);
            uris.forEach(uri -> out.append(";URI=").append(value(uri)));
            if (uris.isEmpty()) {
                out.append(";URI=");
            }
        }
        if (rule.dns()) {
            shown.names(SanMatch.Type.DNS).forEach(name -> out.append(";DNS=").append(value(name)));
        }
        return out.toString();
    }

    /** A client chooses its names: none of them may look like another key, or another element. */
    private static String value(String name) {
        String text = visible(name, '%');
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == ';' || c == '=' || c == '"' || c == '\\');
        return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** What no field may carry is written as two hexadecimal digits for each of its bytes. */
    private static String visible(String text, char escape) {
        if (text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            return text;
        }
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~') {
                out.append((char) b);
            } else {
                out.append(escape).append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }
}
