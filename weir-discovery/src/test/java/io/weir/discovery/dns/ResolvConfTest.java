package io.weir.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolvConfTest {
    @Test
    void searchDomainsAndDotsAreRead() {
        assertThat(ResolvConf.parse("""
                # made by kubelet
                nameserver 10.96.0.10
                search prod.svc.cluster.local\tsvc.cluster.local  cluster.local
                options timeout:1 ndots:5
                """.lines().toList()))
                .isEqualTo(new ResolvConf(true, List.of("prod.svc.cluster.local", "svc.cluster.local", "cluster.local"),
                        5));
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        assertThat(ResolvConf.parse(List.of("", "; nothing", "options ndots:many"))).isEqualTo(
                new ResolvConf(false, List.of(), 1));
        assertThat(ResolvConf.read(Path.of("/does/not/exist"))).isEqualTo(new ResolvConf(false, List.of(), 1));
    }
}
