package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletContainerInitializer;

/**
 * A servlet container on a free port of the loopback interface, with one application. Which one is decided by the class
 * path of the test run: the build runs the same tests on each.
 */
interface Container extends AutoCloseable {
    /** Kinds of threads that serve requests. */
    enum Threads {
        PLATFORM,
        VIRTUAL
    }

    /** A container that speaks HTTP/1.1 and cleartext HTTP/2. */
    static Container start(String contextPath, Threads threads, ServletContainerInitializer app) {
        String kind = System.getProperty("container", "jetty-ee10");
        try {
            return start(kind, contextPath, threads, app);
        } catch (Exception e) {
            throw new IllegalStateException(kind + " does not start", e);
        }
    }

    private static Container start(String kind, String contextPath, Threads threads, ServletContainerInitializer app)
            throws Exception {
        return switch (kind) {
            case "jetty-ee10" -> JettyEe10.start(contextPath, threads, app);
            case "jetty-ee11" -> JettyEe11.start(contextPath, threads, app);
            case "tomcat" -> TomcatContainer.start(contextPath, threads, app);
            case "undertow" -> UndertowContainer.start(contextPath, threads, app);
            default -> throw new IllegalArgumentException("expected a known container, got '" + kind + "'");
        };
    }

    /** A container at the root context. */
    static Container start(ServletContainerInitializer app) {
        return start("", Threads.PLATFORM, app);
    }

    /** An application that has a page for every error, at this path within it. */
    interface WithErrorPage extends ServletContainerInitializer {
        String errorPage();
    }

    int port();

    /** Takes the application out of service, which destroys its filters, and stops. */
    @Override
    void close();

    default String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }
}
