package io.weir.app.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Exempt;
import io.weir.xds.spec.Interception.Owners;
import io.weir.xds.spec.Interception.Way;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProcessOwnerTest {
    private static Interception how(List<String> users, List<String> groups) {
        return new Interception(15_001, 15_006, Way.REDIRECT, true, Exempt.NONE, Exempt.NONE,
                new Owners(users, groups));
    }

    private static @Nullable Owners owners(ProcessOwner who, Interception how) {
        Interception exempted = who.exempted(how);
        return exempted == null ? null : exempted.own();
    }

    @Test
    void theFileSystemIdentityCountsWhichSocketsCarry() throws IOException {
        assertThat(ProcessOwner.of(List.of("Name:\tjava", "Uid:\t1\t2\t3\t4", "Gid:\t5\t6\t7\t8")))
                .isEqualTo(new ProcessOwner(4, 8));
        assertThat(ProcessOwner.current().user()).isNotNegative();
    }

    @Test
    void anOwnUserOrOfRootAnOwnGroupIsLeftAloneBesideTheOthers() {
        assertThat(owners(new ProcessOwner(1337, 0), how(List.of("ntp"), List.of())))
                .isEqualTo(new Owners(List.of("ntp", "1337"), List.of()));
        assertThat(owners(new ProcessOwner(1337, 5), how(List.of("1337"), List.of("6"))))
                .isEqualTo(new Owners(List.of("1337"), List.of("6")));
        assertThat(owners(new ProcessOwner(0, 1337), how(List.of(), List.of())))
                .isEqualTo(new Owners(List.of(), List.of("1337")));
    }

    @Test
    void rootWithoutAGroupOfItsOwnMustSayThatAllOfRootsConnectionsGoPast() {
        assertThat(owners(new ProcessOwner(0, 0), how(List.of("ntp"), List.of("5")))).isNull();
        assertThat(owners(new ProcessOwner(0, 0), how(List.of("root"), List.of())))
                .isEqualTo(new Owners(List.of("root"), List.of()));
        assertThat(owners(new ProcessOwner(0, 0), how(List.of(), List.of("0"))))
                .isEqualTo(new Owners(List.of(), List.of("0")));
    }
}
