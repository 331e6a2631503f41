package org.springframework.aop;

/** Stands for the interface of Spring, which is recognised by its name. */
public interface TargetClassAware {
    Class<?> getTargetClass();
}
