package dev.fanoutgateway.servlet;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ErrorPage;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Undertow 2.3. */
record UndertowContainer(Undertow server, DeploymentManager deployment) implements Container {
    /** Held, or its level would be forgotten: at the usual one it reports every request that fails, as tests make them. */
    private static final List<Logger> LOGS = Stream.of("io.undertow", "org.xnio", "org.jboss")
            .map(Logger::getLogger)
            .toList();

    static Container start(String contextPath, Threads threads, ServletContainerInitializer app) throws Exception {
        LOGS.forEach(log -> log.setLevel(Level.OFF));
        String path = contextPath.isEmpty() ? "/" : contextPath;
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(UndertowContainer.class.getClassLoader())
                .setDeploymentName("test")
                .setContextPath(path)
                .addServletContainerInitializer(new ServletContainerInitializerInfo(
                        app.getClass(), new ImmediateInstanceFactory<>(app), Set.of()));
        if (app instanceof WithErrorPage failing) {
            info.addErrorPage(new ErrorPage(failing.errorPage()));
        }
        if (threads == Threads.VIRTUAL) {
            Executor virtual = virtualThreads();
            info.setExecutor(virtual).setAsyncExecutor(virtual);
        }
        DeploymentManager deployment = Servlets.newContainer().addDeployment(info);
        deployment.deploy();
        Undertow server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L) // or it refuses more than 2 MiB by itself
                .setHandler(Handlers.path().addPrefixPath(path, deployment.start()))
                .build();
        server.start();
        return new UndertowContainer(server, deployment);
    }

    /** Undertow has no setting for them, and this is compiled for a platform without. */
    private static Executor virtualThreads() {
        try {
            return (ExecutorService) MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class))
                    .invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("this platform has no virtual threads", e);
        }
    }

    @Override
    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    public void close() {
        if (deployment.getDeployment() == null) {
            return;
        }
        try {
            deployment.stop();
            deployment.undeploy();
            server.stop();
        } catch (ServletException e) {
            throw new IllegalStateException("Undertow does not stop", e);
        }
    }
}
