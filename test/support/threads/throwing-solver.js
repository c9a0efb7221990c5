// Stands for a solver that fails.
throw new Error('out of memory');
