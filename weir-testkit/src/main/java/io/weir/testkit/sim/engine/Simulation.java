package io.weir.testkit.sim.engine;

import io.weir.core.model.Endpoint;
import io.weir.testkit.sim.fleet.Contender;
import io.weir.testkit.sim.fleet.HostGroup;
import io.weir.testkit.sim.fleet.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs scenarios. The same scenario gives the same result, bit for bit: it holds its seed, and nothing else is drawn
 * from. All contenders meet the same requests at the same times, of the same work. Stateless; any thread.
 */
public final class Simulation {
    /** How often a conductor ticks. */
    static final long TICK_NANOS = 100_000_000L;

    private Simulation() {}

    /**
     * Every contender in turn, in the order of the scenario.
     *
     * @throws IllegalStateException
     *             when the scenario needs more events than a run may have
     */
    public static List<Result> compare(Scenario scenario) {
        return scenario.contenders().stream().map(contender -> run(scenario, contender)).toList();
    }

    /** One contender. */
    public static Result run(Scenario scenario, Contender contender) {
        Dice dice = new Dice(scenario.seed());
        Timeline timeline = new Timeline();
        Recorder recorder = new Recorder(scenario.durationNanos(), scenario.warmupNanos());
        List<Server> servers = servers(scenario, timeline, dice);
        World world = new World(scenario, timeline, servers, recorder);
        List<Endpoint> endpoints = Client.endpoints(scenario.hosts());
        Client[] clients = new Client[scenario.clients().count()];
        Arrays.setAll(clients, i -> new Client(i, world, contender, endpoints, dice));
        new Misfortune(timeline, scenario.durationNanos()).befallAll(scenario.troubles(), servers, dice);
        for (long at = TICK_NANOS; at <= scenario.durationNanos(); at += TICK_NANOS) {
            timeline.at(at, () -> {
                for (Client client : clients) {
                    client.tick(timeline.nowNanos());
                }
            });
        }
        for (int i = 0; i < Recorder.MOMENTS; i++) {
            int moment = i;
            timeline.at((i + 1) * recorder.sliceNanos(), () -> recorder.ejected(moment,
                    Arrays.stream(clients).mapToDouble(Client::ejected).average().orElse(0)));
        }
        new Source(world, clients, dice).begin();
        timeline.run();
        return recorder.result(contender.label(), servers, List.of(clients));
    }

    private static List<Server> servers(Scenario scenario, Timeline timeline, Dice dice) {
        List<Server> servers = new ArrayList<>();
        for (HostGroup group : scenario.hosts()) {
            for (int i = 0; i < group.count(); i++) {
                int number = servers.size();
                servers.add(new Server(number, group, timeline, dice.stream(Dice.Stream.SERVERS, number)));
            }
        }
        return servers;
    }
}
