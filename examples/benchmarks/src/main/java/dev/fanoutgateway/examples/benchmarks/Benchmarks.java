package dev.fanoutgateway.examples.benchmarks;

import java.util.Arrays;

/**
 * Entry point of {@code benchmarks.jar}: {@code load} compares servers under load, {@code steps} measures the hot steps with
 * JMH, {@code draining} what it costs to cut losers, {@code faults} what is felt of a replica that falls ill,
 * {@code queueing} whether what cannot be cached queues, {@code outage} what is felt of an outage at the standalone
 * gateway; further arguments go to {@link LoadComparison} or to JMH.
 */
public final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        String what = args.length == 0 ? "" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        switch (what) {
            case "load" -> LoadComparison.main(rest);
            case "steps" -> org.openjdk.jmh.Main.main(rest);
            case "draining" -> Draining.main(rest);
            case "faults" -> Faults.main(rest);
            case "queueing" -> Queueing.main();
            case "outage" -> Outage.main(rest);
            case "replica" -> Replica.main(rest);
            case "replicas" -> ReplicaProcess.main(rest);
            case "server" -> MeasuredServer.main(rest);
            default -> {
                System.err.println(
                        "usage: java -jar benchmarks.jar load [STARTS] [VARIANT...] | steps [JMH-ARGUMENT...]"
                                + " | draining | faults [ILLNESS...] | queueing | outage FANOUT-GATEWAY.JAR [CASE...]");
                System.exit(2);
            }
        }
    }
}
