"""The web application: views only. What they show is measured below; what people decide is kept in `operate`."""
