package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Small host applications. */
final class Apps {
    private Apps() {}

    /** What a servlet does with a request. */
    interface Service {
        void serve(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    /** An application that is one servlet. */
    static ServletContainerInitializer of(Service service) {
        return (classes, context) -> servlet(context, "/*", service);
    }

    static void servlet(ServletContext context, String mapping, Service service) {
        ServletRegistration.Dynamic servlet = context.addServlet("servlet of " + mapping, new ServiceServlet(service));
        servlet.setAsyncSupported(true);
        servlet.addMapping(mapping);
    }

    private static final class ServiceServlet extends HttpServlet {
        private static final long serialVersionUID = 1;
        private final transient Service service;

        private ServiceServlet(Service service) {
            this.service = service;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            service.serve(request, response);
        }
    }
}
