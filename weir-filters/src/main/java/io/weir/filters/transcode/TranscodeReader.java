package io.weir.filters.transcode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.TypeRegistry;
import io.envoyproxy.envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder;
import io.weir.filters.transcode.TranscodeSpec.Printing;
import io.weir.filters.transcode.TranscodeSpec.Queries;
import io.weir.filters.transcode.TranscodeSpec.Streams;
import io.weir.filters.transcode.TranscodeSpec.Strictness;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the filter between JSON and gRPC, with its descriptors, for a connection manager and for its routes. */
public final class TranscodeReader implements ExtensionReader<GrpcJsonTranscoder, TranscodeSpec> {
    /** Envoy's: as much as a stream buffers where nothing else is said. */
    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final long DESCRIPTOR_BYTES_MAX = 64L << 20;

    @Override
    public GrpcJsonTranscoder prototype() {
        return GrpcJsonTranscoder.getDefaultInstance();
    }

    @Override
    public Class<TranscodeSpec> kind() {
        return TranscodeSpec.class;
    }

    @Override
    public @Nullable TranscodeSpec read(GrpcJsonTranscoder config, ReadContext context) {
        if (config.getServicesCount() == 0) { // off, says Envoy, whatever the descriptors are
            return spec(config, new TemplateIndex<>(false), TypeRegistry.getEmptyTypeRegistry());
        }
        var bytes = bytes(config, context);
        var set = bytes == null ? null : DescriptorSet.read(bytes, place(config), context);
        if (set == null) {
            return null;
        }
        var index = new TemplateIndex<Binding>(config.getMatchUnregisteredCustomVerb());
        boolean well = true;
        for (int i = 0; i < config.getServicesCount(); i++) {
            String name = config.getServices(i);
            var service = set.service(name);
            if (service == null) {
                context.problem("services[" + i + "]", name, "the descriptors have no such service",
                        "write its full name, package and all" + set.known());
                well = false;
                continue;
            }
            for (MethodDescriptor method : service.getMethods()) {
                well &= new Rules(context.at("services[" + i + "]"), index).add(method, config.getAutoMapping());
            }
        }
        return well ? spec(config, index, set.types()) : null;
    }

    private static String place(GrpcJsonTranscoder config) {
        return config.hasProtoDescriptorBin() ? "proto_descriptor_bin" : "proto_descriptor";
    }

    private static @Nullable ByteString bytes(GrpcJsonTranscoder config, ReadContext context) {
        if (config.hasProtoDescriptorBin()) {
            return config.getProtoDescriptorBin();
        }
        String name = config.getProtoDescriptor();
        try {
            Path file = Path.of(name);
            if (Files.size(file) > DESCRIPTOR_BYTES_MAX) {
                context.problem("proto_descriptor", name, "the file has more than " + DESCRIPTOR_BYTES_MAX + " bytes",
                        "name a descriptor set of the services alone");
                return null;
            }
            return ByteString.copyFrom(Files.readAllBytes(file));
        } catch (IOException | java.nio.file.InvalidPathException e) {
            context.problem("proto_descriptor", name, "the file cannot be read: " + e.getMessage(),
                    "make it with protoc --include_imports --descriptor_set_out=" + (name.isEmpty() ? "FILE" : name));
            return null;
        }
    }

    private static TranscodeSpec spec(GrpcJsonTranscoder config, TemplateIndex<Binding> index, TypeRegistry types) {
        var print = config.getPrintOptions();
        var streams = print.getStreamSseStyleDelimited()
                ? Streams.EVENTS
                : print.getStreamNewlineDelimited() ? Streams.LINES : Streams.ARRAY;
        var strict = config.getRequestValidationOptions();
        return new TranscodeSpec(index, types,
                new Printing(print.getAddWhitespace() && streams == Streams.ARRAY,
                        print.getAlwaysPrintPrimitiveFields(), print.getAlwaysPrintEnumsAsInts(),
                        print.getPreserveProtoFieldNames(), streams),
                config.getCaseInsensitiveEnumParsing(),
                new Queries(Set.copyOf(config.getIgnoredQueryParametersList()),
                        config.getIgnoreUnknownQueryParameters(), config.getCaptureUnknownQueryParameters(),
                        config.getQueryParamUnescapePlus()),
                new Strictness(strict.getRejectUnknownMethod() && config.getServicesCount() > 0,
                        strict.getRejectUnknownQueryParameters(), strict.getRejectBindingBodyFieldCollisions()),
                escapes(config), !config.getMatchIncomingRequestRoute(), config.getConvertGrpcStatus(),
                config.hasMaxRequestBodySize()
                        ? Plain.limit(config.getMaxRequestBodySize().getValue())
                        : BODY_BYTES_MAX,
                config.hasMaxResponseBodySize()
                        ? Plain.limit(config.getMaxResponseBodySize().getValue())
                        : BODY_BYTES_MAX);
    }

    private static Escapes escapes(GrpcJsonTranscoder config) {
        return switch (config.getUrlUnescapeSpec()) {
            case ALL_CHARACTERS_EXCEPT_SLASH -> Escapes.ALL_BUT_SLASH;
            case ALL_CHARACTERS -> Escapes.ALL;
            case ALL_CHARACTERS_EXCEPT_RESERVED, UNRECOGNIZED -> Escapes.ALL_BUT_RESERVED;
        };
    }
}
