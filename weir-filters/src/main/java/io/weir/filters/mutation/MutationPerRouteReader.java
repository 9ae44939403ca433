package io.weir.filters.mutation;

import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.List;

/** Reads what a level of the routes says of header mutation. */
public final class MutationPerRouteReader implements ExtensionReader<HeaderMutationPerRoute, MutationSpec> {
    @Override
    public HeaderMutationPerRoute prototype() {
        return HeaderMutationPerRoute.getDefaultInstance();
    }

    @Override
    public Class<MutationSpec> kind() {
        return MutationSpec.class;
    }

    @Override
    public MutationSpec read(HeaderMutationPerRoute config, ReadContext context) {
        return new MutationSpec(false, Mutations.NONE,
                List.of(MutationsReader.read(config.getMutations(), context.at("mutations"))));
    }
}
