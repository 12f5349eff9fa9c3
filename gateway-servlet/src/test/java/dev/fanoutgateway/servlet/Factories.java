package dev.fanoutgateway.servlet;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Classes that web.xml may name, good and bad. */
public final class Factories {
    private Factories() {}

    /** Makes a gateway whose one backend is not there. */
    public static final class Good implements Supplier<FanoutGateway> {
        @Override
        public FanoutGateway get() {
            return Gateway.builder()
                    .backends("http://127.0.0.1:1")
                    .route(Route.path("/api/**").build())
                    .notifier(message -> CompletableFuture.completedFuture(null))
                    .build();
        }
    }

    /** Makes something else. */
    public static final class Strange implements Supplier<String> {
        @Override
        public String get() {
            return "no gateway";
        }
    }

    /** Makes nothing. */
    public static final class Empty implements Supplier<@Nullable FanoutGateway> {
        @Override
        public @Nullable FanoutGateway get() {
            return null;
        }
    }

    /** Fails. */
    public static final class Failing implements Supplier<FanoutGateway> {
        @Override
        public FanoutGateway get() {
            throw new IllegalStateException("told to fail");
        }
    }
}
