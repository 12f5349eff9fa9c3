package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A deployment descriptor as a host would write it, read by a container that reads descriptors. */
@EnabledIfSystemProperty(
        named = "container",
        matches = "tomcat",
        disabledReason = "the other containers here read none")
class WebXmlTest {
    @Test
    void theFilterIsMadeAndClosedByItsDescriptor(@TempDir Path base) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        Path webapp = Path.of(WebXmlTest.class.getResource("/webapp").toURI());
        Context context = tomcat.addWebapp("", webapp.toString());
        context.setParentClassLoader(WebXmlTest.class.getClassLoader());
        tomcat.start();
        try {
            String url = "http://127.0.0.1:" + connector.getLocalPort();

            HttpResponse<String> ours = get(url + "/api/x");
            assertThat(ours.statusCode()).isEqualTo(404);
            assertThat(ours.body()).contains("\"reason\": \"unavailable\"");
            assertThat(get(url + "/own.txt").body()).isEqualTo("the host's own\n");
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("fanout-gateway-timer"));
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
