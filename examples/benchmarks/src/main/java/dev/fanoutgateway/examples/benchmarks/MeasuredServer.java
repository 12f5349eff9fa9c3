package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * One server in a JVM of its own: {@code server VARIANT BACKEND REDIS}. Prints its port; then, for each line it reads, the
 * CPU time of the process in nanoseconds; ends when its input does.
 */
final class MeasuredServer {
    private MeasuredServer() {}

    public static void main(String[] args) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        Variant variant = Variant.of(args[0]);
        Server server = start(variant, args[1], args[2]);
        System.out.println("port " + ((ServerConnector) server.getConnectors()[0]).getLocalPort());
        var process = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            System.out.println(process.getProcessCpuTime());
        }
        System.exit(0);
    }

    static Server start(Variant variant, String backend, String redis) throws Exception {
        Server server = new Server(new QueuedThreadPool(64));
        HttpConnectionFactory http = new HttpConnectionFactory();
        http.getHttpConfiguration().setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, http);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        variant.mount(context, backend, redis);
        server.setHandler(context);
        server.start();
        return server;
    }
}
