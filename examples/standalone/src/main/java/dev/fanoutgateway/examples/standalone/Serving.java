package dev.fanoutgateway.examples.standalone;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running program, from its start to its end. Started on one thread, ended on another. */
final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
    private static final int OK = 0;

    private volatile @Nullable Parts parts;
    private volatile @Nullable HttpServer server;
    private volatile boolean givenUp;

    /** The port it listens on. */
    int start(Configuration configuration) throws Exception {
        Parts opened = Parts.of(configuration);
        parts = opened;
        HttpServer started = HttpServer.start(configuration.server(), opened.gateway(), configuration.anyPath());
        server = started;
        return started.port();
    }

    /** It could not start. */
    void giveUp() {
        givenUp = true;
        closeParts();
    }

    /** Drains, then ends the process itself: one that is ended by a signal would not exit with 0. */
    void end() {
        if (givenUp) {
            return; // the process ends with a status of its own
        }
        HttpServer serving = server;
        if (serving != null) {
            LOG.info("draining");
            try {
                serving.stop();
            } catch (Exception e) {
                LOG.warn(
                        "not all requests in flight could be finished: {}",
                        e.getClass().getSimpleName());
            }
        }
        closeParts();
        LOG.info("ended");
        Runtime.getRuntime().halt(OK);
    }

    private void closeParts() {
        Parts opened = parts;
        if (opened != null) {
            opened.close();
        }
    }
}
