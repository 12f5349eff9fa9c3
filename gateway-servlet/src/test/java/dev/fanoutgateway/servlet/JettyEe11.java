package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletContainerInitializer;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;

/** Jetty's EE 11 environment. */
final class JettyEe11 {
    private JettyEe11() {}

    static Container start(String contextPath, Container.Threads threads, ServletContainerInitializer app)
            throws Exception {
        ServletContextHandler handler = new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
        if (app instanceof Container.WithErrorPage failing) {
            ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
            pages.addErrorPage(400, 599, failing.errorPage());
            handler.setErrorHandler(pages);
        }
        handler.addServletContainerInitializer(app);
        return JettyContainer.start(handler, threads);
    }
}
