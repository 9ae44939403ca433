package io.weir.stream.answer;

import io.envoyproxy.envoy.extensions.filters.network.echo.v3.Echo;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the network filter that sends bytes back. */
public final class EchoReader implements ExtensionReader<Echo, AnswerSpec.Echo> {
    @Override
    public Echo prototype() {
        return Echo.getDefaultInstance();
    }

    @Override
    public Class<AnswerSpec.Echo> kind() {
        return AnswerSpec.Echo.class;
    }

    @Override
    public AnswerSpec.Echo read(Echo config, ReadContext context) {
        return new AnswerSpec.Echo();
    }
}
