package io.weir.xds.tls;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.TrustDomain;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is believed for the names of which trust domain. */
final class SpiffeReader implements ExtensionReader<SPIFFECertValidatorConfig, SpiffeReader.Domains> {

    /**
     * All of them.
     *
     * @param bundles
     *            where they are in one document; null: they are written one by one
     */
    record Domains(List<TrustDomain> all, @Nullable DataSource bundles) {
    }

    @Override
    public SPIFFECertValidatorConfig prototype() {
        return SPIFFECertValidatorConfig.getDefaultInstance();
    }

    @Override
    public Class<Domains> kind() {
        return Domains.class;
    }

    @Override
    public Domains read(SPIFFECertValidatorConfig config, ReadContext context) {
        DataSource bundles = CommonTlsReading.source(config.hasTrustBundles(), config.getTrustBundles());
        if (bundles != null) {
            if (config.getTrustDomainsCount() > 0) {
                context.warning("trust_domains", "", "trust_bundles says who is believed for which names, and this is"
                        + " not looked at beside it, as by Envoy", "remove it, or trust_bundles");
            }
            return new Domains(List.of(), bundles);
        }
        if (config.getTrustDomainsCount() == 0) {
            context.problem("trust_domains", "", "nothing says who is believed for which names",
                    "add trust_domains, each with a name and a trust_bundle, or trust_bundles");
        }
        var domains = new ArrayList<TrustDomain>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < config.getTrustDomainsCount(); i++) {
            var each = config.getTrustDomains(i);
            ReadContext at = context.at("trust_domains", i);
            String name = each.getName();
            if (!name.isEmpty() && !name.matches("[a-z0-9._-]{1,255}")) { // SPIFFE-ID section 2.1
                at.problem("name", name, "this is no trust domain of SPIFFE",
                        "write the part between spiffe:// and the next slash, in small letters: example.org");
            } else if (!names.add(name)) {
                at.problem("name", name, "this trust domain stands here twice",
                        "put the certificates of both into one trust_bundle");
            }
            DataSource bundle = CommonTlsReading.source(each.hasTrustBundle(), each.getTrustBundle());
            if (bundle == null) {
                at.problem("trust_bundle", "", "nothing says who is believed for " + name,
                        "add trust_bundle with a file of certificates in PEM");
            } else {
                domains.add(new TrustDomain(name, bundle));
            }
        }
        return new Domains(domains, null);
    }
}
