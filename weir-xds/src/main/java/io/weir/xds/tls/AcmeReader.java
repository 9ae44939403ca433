package io.weir.xds.tls;

import java.net.IDN;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.google.protobuf.DynamicMessage;

import io.weir.core.tls.AcmeSpec;
import io.weir.core.tls.AcmeSpec.Challenge;
import io.weir.core.tls.AcmeSpec.KeyKind;
import io.weir.core.tls.DataSource;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.resource.Nearest;
import io.weir.xds.message.AcmeMessage;

import org.jspecify.annotations.Nullable;

/** A certificate that an authority issues by itself. */
final class AcmeReader implements ExtensionReader<DynamicMessage, AcmeSpec> {

    /** Authorities take no more in one certificate. */
    private static final int DOMAINS_MAX = 100;
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    @Override
    public DynamicMessage prototype() {
        return AcmeMessage.prototype();
    }

    @Override
    public Class<AcmeSpec> kind() {
        return AcmeSpec.class;
    }

    @Override
    public AcmeSpec read(DynamicMessage message, ReadContext context) {
        String name = AcmeMessage.text(message, "name");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,199}")) {
            context.problem("name", name, "a certificate's name becomes that of a file",
                    "write letters, digits, dots and hyphens, such as shop.example");
        }
        if (!AcmeMessage.flag(message, "agree_to_terms")) {
            context.problem("agree_to_terms", "", "an authority has terms, and nothing says that you agree to them",
                    "read them, and add agree_to_terms: true");
        }
        // the file's path is told from those of other certificates by its letters
        String storage = AcmeMessage.text(message, "storage").replaceFirst("(?<=.)/+$", "");
        String email = AcmeMessage.text(message, "email");
        if (!email.isEmpty() && !email.matches("[^@\\s,?]+@[^@\\s,?]+")) {
            context.problem("email", email, "this is no address to write to (RFC 8555 section 7.3 takes one)",
                    "write ops@shop.example");
        }
        return new AcmeSpec(name, domains(AcmeMessage.texts(message, "domains"), context), directory(message, context),
                email, true, storage.isEmpty() ? AcmeSpec.STORAGE_DEFAULT : storage,
                challenge(AcmeMessage.text(message, "challenge"), context),
                key(AcmeMessage.text(message, "key_type"), context), source(message, "trusted_ca"),
                binding(message, context));
    }

    private static String directory(DynamicMessage message, ReadContext context) {
        String text = AcmeMessage.text(message, "directory");
        if (text.isEmpty()) {
            return AcmeSpec.DIRECTORY_DEFAULT;
        }
        try {
            URI url = URI.create(text);
            if ("https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        context.problem("directory", text, "an authority's directory is an https URL (RFC 8555 section 6.1)",
                "write " + AcmeSpec.DIRECTORY_DEFAULT);
        return text;
    }

    private static List<String> domains(List<String> texts, ReadContext context) {
        Set<String> domains = new LinkedHashSet<>();
        if (texts.isEmpty()) {
            context.problem("domains", "", "a certificate is for at least one name", "add the names of your hosts");
        } else if (texts.size() > DOMAINS_MAX) {
            context.problem("domains", Integer.toString(texts.size()), "authorities take " + DOMAINS_MAX
                    + " names in one certificate", "ask for several certificates");
        }
        for (int i = 0; i < texts.size(); i++) {
            String domain = ascii(texts.get(i));
            if (texts.get(i).startsWith("*.")) {
                context.problem("domains[" + i + "]", texts.get(i), "names with * are proved by DNS alone (RFC 8555"
                        + " section 8.4), which Weir does not do", "name each host");
            } else if (domain == null) {
                context.problem("domains[" + i + "]", texts.get(i), "this is no name of a host",
                        "write a name such as shop.example, without a port");
            } else if (!domains.add(domain)) {
                context.warning("domains[" + i + "]", texts.get(i), "the name is there already", "remove it");
            }
        }
        return List.copyOf(domains);
    }

    /** The name as certificates carry it; null: it is none. */
    private static @Nullable String ascii(String text) {
        try {
            String domain = IDN.toASCII(text).toLowerCase(Locale.ROOT);
            boolean address = domain.matches("[0-9.]+");
            return domain.length() <= 253 && !address && domain.matches("(" + LABEL + "\\.)*" + LABEL) ? domain : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Challenge challenge(String text, ReadContext context) {
        for (Challenge each : Challenge.values()) {
            if (text.isEmpty() || each.type().equals(text)) {
                return each;
            }
        }
        List<String> known = Arrays.stream(Challenge.values()).map(Challenge::type).toList();
        context.problem("challenge", text, "Weir does not know this proof",
                Nearest.cure(text, known, "write " + String.join(" or ", known)));
        return Challenge.HTTP_01;
    }

    private static KeyKind key(String text, ReadContext context) {
        for (KeyKind each : KeyKind.values()) {
            if (text.isEmpty() || each.label().equals(text)) {
                return each;
            }
        }
        List<String> known = Arrays.stream(KeyKind.values()).map(KeyKind::label).toList();
        context.problem("key_type", text, "Weir does not know this kind of key",
                Nearest.cure(text, known, "write " + String.join(" or ", known)));
        return KeyKind.ECDSA_P256;
    }

    private static @Nullable DataSource source(DynamicMessage message, String field) {
        var source = AcmeMessage.source(message, field);
        return source == null ? null : CommonTlsReading.source(true, source);
    }

    private static AcmeSpec.@Nullable Binding binding(DynamicMessage message, ReadContext context) {
        String id = AcmeMessage.text(message, "eab_key_id");
        DataSource key = source(message, "eab_key");
        if (id.isEmpty() != (key == null)) {
            context.problem("eab_key_id", id, "an account elsewhere has an id and a key",
                    "set both eab_key_id and eab_key");
        }
        return id.isEmpty() || key == null ? null : new AcmeSpec.Binding(id, key);
    }
}
