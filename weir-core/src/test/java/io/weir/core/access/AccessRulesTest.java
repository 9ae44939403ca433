package io.weir.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.access.AccessRules.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What rules decide about numbers. */
final class AccessRulesTest {
    private static Condition<Integer> divisibleBy(int by) {
        return new Condition.Fact<>(number -> number % by == 0);
    }

    private static Policy<Integer> policy(String name, Condition<Integer> permission) {
        return new Policy<>(name, permission, new Condition.Always<>());
    }

    @Test
    void whatOneActionAllowsTheOtherDenies() {
        var policies = List.of(policy("even", divisibleBy(2)));
        var allow = new AccessRules<>(Action.ALLOW, policies);
        var deny = new AccessRules<>(Action.DENY, policies);
        assertThat(allow.judge(2)).isEqualTo(new Verdict(true, false, "even"));
        assertThat(allow.judge(3)).isEqualTo(new Verdict(false, false, ""));
        assertThat(deny.judge(2)).isEqualTo(new Verdict(false, false, "even"));
        assertThat(deny.judge(3)).isEqualTo(new Verdict(true, false, ""));
    }

    @Test
    void rulesThatOnlyLogDenyNobody() {
        var log = new AccessRules<>(Action.LOG, List.of(policy("even", divisibleBy(2))));
        assertThat(log.judge(2)).isEqualTo(new Verdict(true, true, "even"));
        assertThat(log.judge(3)).isEqualTo(new Verdict(true, false, ""));
    }

    @Test
    void withoutPoliciesNobodyIsAllowedAndNobodyDenied() {
        assertThat(new AccessRules<Integer>(Action.ALLOW, List.of()).judge(1).allowed()).isFalse();
        assertThat(new AccessRules<Integer>(Action.DENY, List.of()).judge(1).allowed()).isTrue();
    }

    @Test
    void theFirstPolicyByNameIsTold() {
        var rules = new AccessRules<>(Action.ALLOW, List.of(policy("z", divisibleBy(2)), policy("a", divisibleBy(3)),
                policy("m", divisibleBy(1))));
        assertThat(rules.judge(6).policy()).isEqualTo("a");
        assertThat(rules.judge(4).policy()).isEqualTo("m");
    }

    @Test
    void aPolicyNeedsBothThatSomethingIsAskedAndThatSomebodyAsks() {
        var rules = new AccessRules<>(Action.ALLOW, List.of(new Policy<>("six", divisibleBy(2), divisibleBy(3))));
        assertThat(rules.judge(6).allowed()).isTrue();
        assertThat(rules.judge(4).allowed()).isFalse();
        assertThat(rules.judge(9).allowed()).isFalse();
    }

    @Test
    void conditionsOfConditionsAreWhatLogicSays() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var condition = made(random, 4);
            int number = random.nextInt(60);
            assertThat(condition.holds(number)).as("seed %d, %s of %d", seed, condition, number)
                    .isEqualTo(expected(condition, number));
        }
    }

    private static Condition<Integer> made(Random random, int depth) {
        return switch (depth == 0 ? random.nextInt(2) : random.nextInt(5)) {
            case 0 -> new Condition.Always<>();
            case 1 -> divisibleBy(1 + random.nextInt(6));
            case 2 -> new Condition.Not<>(made(random, depth - 1));
            case 3 -> new Condition.All<>(several(random, depth));
            default -> new Condition.Some<>(several(random, depth));
        };
    }

    private static List<Condition<Integer>> several(Random random, int depth) {
        var several = new ArrayList<Condition<Integer>>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            several.add(made(random, depth - 1));
        }
        return several;
    }

    private static boolean expected(Condition<Integer> condition, int number) {
        return switch (condition) {
            case Condition.Always<Integer> _ -> true;
            case Condition.Fact<Integer>(var test) -> test.test(number);
            case Condition.Not<Integer>(var inner) -> !expected(inner, number);
            case Condition.All<Integer>(var all) -> all.stream().allMatch(each -> expected(each, number));
            case Condition.Some<Integer>(var some) -> some.stream().anyMatch(each -> expected(each, number));
        };
    }
}
