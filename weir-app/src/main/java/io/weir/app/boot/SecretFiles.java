package io.weir.app.boot;

import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.xds.spec.FilterChainSpec;
import io.weir.xds.spec.ListenerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the files looked like that a listener's certificates and authorities come from: whoever looks again sees whether
 * one was renewed, though the configuration says the same. The conductor's: it asks the file system.
 *
 * @param looks
 *            of each path its size and the time of its last change
 */
record SecretFiles(Map<String, String> looks) {
    SecretFiles {
        looks = Map.copyOf(looks);
    }

    /** As they look now. */
    static SecretFiles of(ListenerSpec spec) {
        var looks = new TreeMap<String, String>();
        spec.chains().forEach(chain -> look(chain, looks));
        if (spec.otherwise() != null) {
            look(spec.otherwise(), looks);
        }
        return new SecretFiles(looks);
    }

    private static void look(FilterChainSpec chain, Map<String, String> looks) {
        if (chain.tls() == null) {
            return;
        }
        CommonTls common = chain.tls().common();
        for (CertificateSpec each : common.certificates()) {
            look(each.chain(), looks);
            look(each.key(), looks);
            look(each.password(), looks);
            look(each.pkcs12(), looks);
            look(each.staple(), looks);
        }
        look(common.validation().trustedCa(), looks);
        look(common.validation().crl(), looks);
    }

    private static void look(@Nullable DataSource source, Map<String, String> looks) {
        if (source instanceof DataSource.File(String path)) {
            looks.put(path, look(Path.of(path)));
        }
    }

    private static String look(Path file) {
        try {
            return Files.size(file) + " " + Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return ""; // whoever reads it tells
        }
    }
}
