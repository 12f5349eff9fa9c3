package dev.fanoutgateway.examples.standalone;

import java.io.PrintStream;
import java.net.BindException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway as a program: serves what a configuration file says until it is told to end, then drains.
 *
 * <p>Exit status: 0 after SIGTERM or SIGINT, or if {@code --check} found nothing; 1 if it cannot start; 2 for wrong
 * arguments or a configuration that is refused. A signal that comes before the Java virtual machine has begun to run this ends
 * it as that is done by default: SIGTERM with 143, and nothing is in flight then.
 */
public final class Standalone {
    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
    private static final String USAGE = "usage: java -jar fanout-gateway.jar [--check] CONFIGURATION.yaml";
    private static final int SERVING = -1;
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int REFUSED = 2;

    private Standalone() {}

    /** {@code [--check] FILE}. */
    public static void main(String[] args) {
        LogProvider.takeAll();
        int status = run(args, System.out, System.err);
        if (status != SERVING) {
            System.exit(status);
        }
    }

    private static int run(String[] args, PrintStream out, PrintStream err) {
        boolean check = args.length == 2 && args[0].equals("--check");
        if (!check && (args.length != 1 || args[0].startsWith("-"))) {
            err.println(USAGE);
            return REFUSED;
        }
        Configuration configuration;
        try {
            configuration = Configuration.read(Path.of(args[args.length - 1]));
        } catch (InvalidConfiguration e) {
            e.problems().forEach(err::println);
            return REFUSED;
        } catch (InvalidPathException e) {
            err.println(USAGE);
            return REFUSED;
        }
        if (check) {
            out.println(args[1] + ": ok");
            return OK;
        }
        return serve(configuration, out, err);
    }

    private static int serve(Configuration configuration, PrintStream out, PrintStream err) {
        Serving serving = new Serving();
        Runtime.getRuntime().addShutdownHook(new Thread(serving::end, "drain")); // first: a signal may come early
        try {
            int port = serving.start(configuration);
            if (configuration.keys().none() && configuration.jwt() == null) {
                LOG.warn("there are no keys: every route is open to everyone who can connect");
            }
            out.println("listening on " + configuration.server().scheme() + "://"
                    + configuration.server().hostInUrl() + ':' + port);
            out.flush();
            return SERVING;
        } catch (Exception e) {
            err.println("cannot start: " + reason(e, configuration.server()));
            serving.giveUp();
            return FAILED;
        }
    }

    /** Exceptions of other libraries may quote the configuration: of those, only the kind is told. */
    private static @Nullable String reason(Exception failure, ServerSettings server) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException || cause instanceof SocketException) {
                return "cannot listen on %s:%d: %s".formatted(server.hostInUrl(), server.port(), cause.getMessage());
            }
            if (cause instanceof UnresolvedAddressException) {
                return "cannot listen on %s:%d: no such host".formatted(server.hostInUrl(), server.port());
            }
        }
        boolean ours = failure instanceof IllegalStateException || failure instanceof IllegalArgumentException;
        return ours ? failure.getMessage() : failure.getClass().getName();
    }
}
