package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.follow.Overlap;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Groups that are made from the last ones. */
class GroupTest {
    private static Group after(Group group, List<Host> now, List<Host> touched) {
        HostList list = HostList.copyOf(now);
        @Nullable
        Group next = group.after(list, Overlap.of(group.hosts(), list, touched));
        if (next == null) {
            throw new AssertionError("weights are the announced ones");
        }
        return next;
    }

    @Test
    void weightsThatHaveBecomeAlikeAreStillKnown() {
        List<Host> hosts = Asked.hosts(1, 2, 2);
        Group all = Group.of(hosts, false);
        assertThat(all.weights()).containsExactly(1, 2, 2);
        Group alike = after(all, hosts.subList(1, 3), List.of(hosts.getFirst()));
        assertThat(alike.weighted()).isFalse();
        assertThat(alike.weights()).containsExactly(2, 2);
        Group again = after(alike, hosts, List.of(hosts.getFirst()));
        assertThat(again.weights()).containsExactly(1, 2, 2);
    }

    @Test
    void whateverComesAndGoesWeightsAndAnswersAreThoseOfTheHosts() {
        long seed = 17;
        SplittableRandom dice = new SplittableRandom(seed);
        int[] weights = dice.ints(200, 1, 3).toArray();
        List<Host> known = Asked.hosts(weights);
        List<Host> now = new ArrayList<>(known.subList(0, 3));
        Group group = Group.of(List.copyOf(now), false);
        for (int round = 0; round < 2_000; round++) {
            Host one = known.get(dice.nextInt(6));
            boolean stays = now.contains(one) && (now.size() == 1 || dice.nextInt(4) == 0);
            if (stays) {
                one.endpoint(one.endpoint().withWeight(1 + dice.nextInt(2)));
            } else if (!now.remove(one)) {
                now.add(dice.nextInt(now.size() + 1), one);
            }
            group = after(group, List.copyOf(now), List.of(one));
            Group fresh = Group.of(List.copyOf(now), false);
            assertThat(group.same(fresh)).as("seed %d round %d", seed, round).isTrue();
            assertThat(group.weighted()).as("seed %d round %d", seed, round).isEqualTo(fresh.weighted());
            assertThat(group.weights()).as("seed %d round %d", seed, round).isEqualTo(fresh.weights());
            for (int i = 0; i < now.size(); i++) {
                assertThat(group.at(i).host()).as("seed %d round %d", seed, round).isSameAs(now.get(i));
            }
        }
    }
}
