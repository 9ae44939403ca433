package io.weir.xds.service;

import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which service is asked. */
public final class ServiceReader {
    /** RFC 9110 section 5.1, in small letters (RFC 9113 section 8.2). */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+");

    private ServiceReader() {}

    /** Null after a problem; the fields that Weir does not read have told one already. */
    public static @Nullable ServiceSpec read(GrpcService message, long timeoutNanosDefault, ReadContext at) {
        if (!message.hasEnvoyGrpc()) {
            return null;
        }
        var envoy = message.getEnvoyGrpc();
        at.at("envoy_grpc").clusterCalled("cluster_name", envoy.getClusterName());
        long timeoutNanos = message.hasTimeout() ? Plain.nanos(message.getTimeout()) : timeoutNanosDefault;
        if (timeoutNanos < 1) {
            at.problem("timeout", timeoutNanos + " ns", "whoever waits for an answer must not wait for ever",
                    "write a time such as 0.2s");
            return null;
        }
        var fields = new ArrayList<ServiceSpec.Field>();
        for (int i = 0; i < message.getInitialMetadataCount(); i++) {
            ServiceSpec.Field field = field(message.getInitialMetadata(i), at.at("initial_metadata", i));
            if (field == null) {
                return null;
            }
            fields.add(field);
        }
        return new ServiceSpec(envoy.getClusterName(), envoy.getAuthority(), fields, timeoutNanos);
    }

    private static ServiceSpec.@Nullable Field field(HeaderValue message, ReadContext at) {
        String name = message.getKey().toLowerCase(Locale.ROOT);
        String value = message.getRawValue().isEmpty()
                ? message.getValue()
                : message.getRawValue().toStringUtf8();
        if (!NAME.matcher(name).matches() || value.chars().anyMatch(each -> each < ' ' || each == 0x7f)) {
            at.problem("key", message.getKey(), "this is no field that can be sent with a call",
                    "use letters, digits and hyphens in its name, and no line end in its value");
            return null;
        }
        if (FramingFields.has(name) || name.equals("content-type") || name.startsWith("grpc-")) {
            at.problem("key", message.getKey(), "Weir and gRPC write this field of a call themselves", "remove it");
            return null;
        }
        if (value.replace("%%", "").contains("%")) { // Envoy would put something else in its place
            at.problem(message.getRawValue().isEmpty() ? "value" : "raw_value", value,
                    "what is sent with a call is a text without the words of logs",
                    "write the value as it is to be sent, and %% for a percent sign");
            return null;
        }
        return new ServiceSpec.Field(name, value.replace("%%", "%"));
    }

    /** Whether the service is asked with the messages that Weir has. */
    @SuppressWarnings("deprecation") // to refuse it
    public static boolean speaks(ApiVersion version, String field, ReadContext at) {
        boolean fine = version != ApiVersion.V2;
        if (!fine) {
            at.problem(field, "V2", "Weir asks with messages of version 3 only", "write V3");
        }
        return fine;
    }
}
