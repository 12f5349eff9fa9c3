package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletContainerInitializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.ErrorPage;

/** Tomcat 10.1 or 11. */
record TomcatContainer(Tomcat tomcat, Path base) implements Container {
    /** Held, or its level would be forgotten: at the usual one it reports every start, stop and reset. */
    private static final Logger LOG = Logger.getLogger("org.apache");

    static Container start(String contextPath, Threads threads, ServletContainerInitializer app) throws Exception {
        LOG.setLevel(Level.OFF);
        Path base = Files.createTempDirectory("tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("useVirtualThreads", Boolean.toString(threads == Threads.VIRTUAL));
        connector.setProperty(
                "continueResponseTiming", "onRead"); // or it sends 100 before anybody has seen the request
        Http2Protocol http2 = new Http2Protocol();
        http2.setOverheadCountFactor(0); // tests that cancel a lot are no attack
        connector.addUpgradeProtocol(http2);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext(contextPath, base.toString());
        context.setParentClassLoader(TomcatContainer.class.getClassLoader());
        if (app instanceof WithErrorPage failing) {
            ErrorPage page = new ErrorPage();
            page.setLocation(failing.errorPage());
            context.addErrorPage(page);
        }
        context.addServletContainerInitializer(app, Set.of());
        tomcat.start();
        if (!context.getState().isAvailable()) {
            tomcat.stop();
            throw new IllegalStateException("the application did not start");
        }
        return new TomcatContainer(tomcat, base);
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() {
        if (!Files.exists(base)) {
            return;
        }
        try {
            tomcat.stop();
            tomcat.destroy();
            delete(base);
        } catch (LifecycleException | IOException e) {
            throw new IllegalStateException("Tomcat does not stop", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
