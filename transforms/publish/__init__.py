"""What leaves the pipeline: the store's runs, the suspect list, the workbooks, the manifest."""
