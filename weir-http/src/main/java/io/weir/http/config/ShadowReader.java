package io.weir.http.config;

import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.shadow.ShadowPolicy;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;

/** Reads who gets copies of requests: {@code request_mirror_policies}, on any level. */
final class ShadowReader {
    private static final String LIST = "request_mirror_policies";

    private ShadowReader() {}

    /** The policies; those with problems are left out. */
    static List<ShadowPolicy> policies(List<RequestMirrorPolicy> messages, boolean mustExist, ReadContext context) {
        var policies = new ArrayList<ShadowPolicy>();
        for (int i = 0; i < messages.size(); i++) {
            policies.add(policy(messages.get(i), mustExist, context.at(LIST, i)));
        }
        return policies;
    }

    private static ShadowPolicy policy(RequestMirrorPolicy message, boolean mustExist, ReadContext at) {
        boolean named = !message.getCluster().isEmpty();
        boolean byHeader = !message.getClusterHeader().isEmpty();
        if (named == byHeader) {
            at.problem("cluster", message.getCluster(), named
                    ? "there is a cluster_header too"
                    : "nothing says which cluster gets the copies",
                    "name the cluster in one of cluster and cluster_header");
        }
        if (named && mustExist) {
            at.clusterReferenced("cluster", message.getCluster());
        }
        TextReader.checkHost(message.getHostRewriteLiteral(), "host_rewrite_literal", at);
        var share = message.hasRuntimeFraction()
                ? MatchReader.share(message.getRuntimeFraction().getDefaultValue())
                : RouteMatch.Share.ALL;
        return new ShadowPolicy(message.getCluster(),
                byHeader ? TextReader.name(message.getClusterHeader(), "cluster_header", at) : null, share,
                edits(message.getRequestHeadersMutationsList(), at), message.getHostRewriteLiteral(),
                !message.getDisableShadowHostSuffixAppend());
    }

    /** Each of the mutations in its place: a level of edits of its own, since a level removes before it adds. */
    private static HeaderEdits edits(List<HeaderMutation> mutations, ReadContext context) {
        var levels = new ArrayList<HeaderEdits.Level>();
        for (int i = 0; i < mutations.size(); i++) {
            var mutation = mutations.get(i);
            var at = context.at("request_headers_mutations", i);
            switch (mutation.getActionCase()) {
                case REMOVE -> {
                    var name = TextReader.editable(mutation.getRemove(), "remove", at);
                    if (name != null) {
                        levels.add(new HeaderEdits.Level(List.of(), List.of(name)));
                    }
                }
                case APPEND -> levels.add(EditsReader.one(mutation.getAppend(), at.at("append")));
                case REMOVE_ON_MATCH -> at.problem("remove_on_match", "", "Weir removes headers by their name only",
                        "name each in a remove");
                case ACTION_NOT_SET -> {
                    // the API's rules tell
                }
            }
        }
        return HeaderEdits.of(levels);
    }
}
