package io.weir.xds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageTypesTest {

    @ParameterizedTest
    @ValueSource(strings = {"envoy.config.bootstrap.v3.Bootstrap", "envoy.config.core.v3.HealthCheck.HttpHealthCheck",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig",
            "envoy.data.accesslog.v3.TLSProperties.CertificateProperties.SubjectAltName", "xds.type.v3.TypedStruct",
            "xds.core.v3.ResourceLocator.Directive", "udpa.type.v1.TypedStruct", "google.protobuf.Duration",
            "google.rpc.Status", "cel.expr.Expr.Call",
            "opentelemetry.proto.common.v1.KeyValueList"})
    void theNameIsThatOfTheDescriptor(String name) {
        Message message = Objects.requireNonNull(MessageTypes.envoy().find(name), name);
        assertThat(MessageTypes.fullName(message)).isEqualTo(name)
                .isEqualTo(message.getDescriptorForType().getFullName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"envoy.config.bootstrap.v3.Bootstrap", "google.protobuf.Duration"})
    void aDynamicMessageIsNamedByItsDescriptor(String name) {
        Message message = Objects.requireNonNull(MessageTypes.envoy().find(name), name);
        assertThat(MessageTypes.fullName(DynamicMessage.getDefaultInstance(message.getDescriptorForType())))
                .isEqualTo(name);
    }
}
