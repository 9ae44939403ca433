package io.weir.filters.mutation;

import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.List;

/** Reads the header mutation filter of a connection manager. */
public final class MutationReader implements ExtensionReader<HeaderMutation, MutationSpec> {
    @Override
    public HeaderMutation prototype() {
        return HeaderMutation.getDefaultInstance();
    }

    @Override
    public Class<MutationSpec> kind() {
        return MutationSpec.class;
    }

    @Override
    public MutationSpec read(HeaderMutation config, ReadContext context) {
        return new MutationSpec(config.getMostSpecificHeaderMutationsWins(),
                MutationsReader.read(config.getMutations(), context.at("mutations")), List.of());
    }
}
