package io.weir.filters.iptag;

import io.envoyproxy.envoy.extensions.filters.http.ip_tagging.v3.IPTagging;
import io.envoyproxy.envoy.extensions.filters.http.ip_tagging.v3.IPTagging.IpTagHeader.HeaderAction;
import io.weir.filters.iptag.IpTagSpec.Asks;
import io.weir.filters.iptag.IpTagSpec.Tag;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.TextReader;
import io.weir.http.config.tree.PredicateReader;
import io.weir.http.route.tree.Network;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads the IP tagging filter; a level of the routes has the same message, which replaces what holds outside. */
public final class IpTagReader implements ExtensionReader<IPTagging, IpTagSpec> {
    private static final HeaderName HEADER = HeaderName.of("x-envoy-ip-tags");

    @Override
    public IPTagging prototype() {
        return IPTagging.getDefaultInstance();
    }

    @Override
    public Class<IpTagSpec> kind() {
        return IpTagSpec.class;
    }

    @Override
    public @Nullable IpTagSpec read(IPTagging config, ReadContext context) {
        int before = context.problems().size();
        var tags = new ArrayList<Tag>();
        for (int i = 0; i < config.getIpTagsCount(); i++) {
            var message = config.getIpTags(i);
            var at = context.at("ip_tags", i);
            if (message.getIpTagName().isEmpty()) {
                at.problem("ip_tag_name", "", "a tag needs a name", "write one");
            }
            TextReader.checkValue(message.getIpTagName(), "ip_tag_name", at);
            var networks = new ArrayList<Network>();
            for (int j = 0; j < message.getIpListCount(); j++) {
                var range = message.getIpList(j);
                var network = PredicateReader.network(range.getAddressPrefix(), range.getPrefixLen().getValue(),
                        at.at("ip_list", j));
                if (network != null) {
                    networks.add(network);
                }
            }
            tags.add(new Tag(message.getIpTagName(), networks));
        }
        var header = config.hasIpTagHeader()
                ? TextReader.editable(config.getIpTagHeader().getHeader(), "ip_tag_header.header", context)
                : HEADER;
        boolean sanitizes = config.hasIpTagHeader() && config.getIpTagHeader().getAction() == HeaderAction.SANITIZE;
        return header == null || context.problems().size() > before
                ? null
                : new IpTagSpec(asks(config), tags, header, sanitizes);
    }

    private static Asks asks(IPTagging config) {
        return switch (config.getRequestType()) {
            case BOTH, UNRECOGNIZED -> Asks.BOTH;
            case INTERNAL -> Asks.INTERNAL;
            case EXTERNAL -> Asks.EXTERNAL;
        };
    }
}
