package io.perfkit.spring.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;

/** The application that the tests run: what an application has that is nothing but the starter's user. */
@SpringBootConfiguration
@EnableAutoConfiguration
@ComponentScan
public class Application {

    /** For a process of its own: tells its port where its parent reads it. */
    public static void main(String[] arguments) {
        ConfigurableApplicationContext context = SpringApplication.run(Application.class, arguments);
        System.out.println("port " + RunningApplication.port(context));
    }
}
